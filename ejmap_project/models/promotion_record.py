"""The record of promotions: which ensemble maps the craters, since when, and why."""

import logging
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ejmap_geo.whole_file import write_text
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.sole_holder import sole_holder
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, ProjectPaths

_log = logging.getLogger(__name__)


class Decision(StrEnum):
    """What was decided of a candidate."""

    PROMOTED = "promoted"
    KEPT = "kept"
    ROLLED_BACK = "rolled back"


class ReferenceNote(BaseModel):
    """How well an ensemble finds what was drawn on real imagery: means over craters.

    Attributes:
        set_version: Digest of craters, drawings and mosaics; scores of different ones are not
            compared.
        craters: Number of craters.
        ray: Ray recall, 0 to 1; None where no ray was drawn.
        blanket: Blanket recall, 0 to 1; None where no blanket was drawn.
        false_area: Share of the clear boxes that is masked; None where there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    set_version: str
    craters: int
    ray: float | None
    blanket: float | None
    false_area: float | None


class TuningNote(BaseModel):
    """How a tuned ensemble and its start map craters that were held back: means over craters.

    Attributes:
        start: Key of the version that it started from.
        craters: Number of craters; of labelled ones where they were too few to tune.
        f1: F1 of the tuned members; None where they were not tuned.
        start_f1: F1 of the members that they started from.
        low: Lower end of the 95 % interval of the gain.
        high: Its upper end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: str
    craters: int
    f1: float | None = None
    start_f1: float | None = None
    low: float | None = None
    high: float | None = None


class EnsembleNote(BaseModel):
    """An ensemble that maps, or would have mapped, the craters.

    Attributes:
        version: Version of the model.
        members: Data versions of its members, in the order of their iterations.
        score: Mean F1 of its members on the test tiles of their split; None where none are held
            back.
        reference: Scores on the deciding part of the reference set; None where it was not scored:
            in records of earlier versions, and for models that do not look at polar views.
        tuning: Scores on craters held back from tuning; None for an ensemble that was not tuned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    members: tuple[str, ...]
    score: float | None = None
    reference: ReferenceNote | None = None
    tuning: TuningNote | None = None

    @property
    def digest(self) -> str:
        """A short text that is equal for equal weights, configurations and normalizations."""
        return content_version(*self.members)


class Promotion(BaseModel):
    """One entry of the record of promotions.

    Attributes:
        decided_utc: When, ISO 8601.
        decision: What was decided.
        reason: Why, in a sentence.
        current: The ensemble that maps the craters from then on.
        candidate: The ensemble that was looked at.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decided_utc: str
    decision: Decision
    reason: str
    current: EnsembleNote
    candidate: EnsembleNote


def promotions(paths: ProjectPaths, kind: ModelKind) -> list[Promotion]:
    """Return all decisions, the oldest first.

    A last line without an end was interrupted while it was written: it is left out with a warning.

    Raises:
        StepError: If the record was changed by hand and cannot be read.
    """
    record = paths.promotions(kind)
    if not record.is_file():
        return []
    try:
        *lines, last = record.read_bytes().split(b"\n")
        decided = [_parsed(line) for line in lines if line.strip()]
    except (ValidationError, OSError) as error:
        raise StepError(
            f"{record} cannot be read, or holds a line that is no promotion; restore it from a "
            "backup, or move it away and promote anew"
        ) from error
    if last.strip():
        try:
            decided.append(_parsed(last))
        except ValidationError:
            _log.warning("the last line of %s is cut off and was left out", record)
    return decided


def promoted_ensemble(paths: ProjectPaths, kind: ModelKind) -> EnsembleNote:
    """Return the ensemble that maps the craters.

    Raises:
        StepError: If nothing is promoted yet.
    """
    decided = promotions(paths, kind)
    if not decided:
        raise StepError(f"no {kind} model is promoted; materialise promoted_{kind} first")
    return decided[-1].current


def promoted_files(paths: ProjectPaths, kind: ModelKind) -> tuple[Path, ...]:
    """Return the record and the folder of the ensemble that it names, if it can be read."""
    try:
        digest = promoted_ensemble(paths, kind).digest
    except StepError:
        return (paths.promotions(kind),)
    return (paths.promotions(kind), paths.stored_ensemble(kind, digest))


def mapping_ensemble(project: OpenProject, kind: ModelKind) -> EnsembleNote | None:
    """Return the ensemble that maps the craters in a project; None before the first promotion.

    The one that the recipes of its history name, where the project was opened by them; else the one
    that was promoted last.

    Raises:
        StepError: If the record does not know the ensemble that the history names.
    """
    decided = promotions(project.paths, kind)
    named = project.promoted.get(kind)
    if not decided:
        return None
    if named is None:
        return decided[-1].current
    found = next((one.current for one in reversed(decided) if one.current.digest == named), None)
    if found is None:
        raise StepError(
            f"{project.paths.promotions(kind)} does not name the ensemble {named} that the history "
            f"does; restore it from a backup, or materialise promoted_{kind} again"
        )
    return found


def write_promotion(
    paths: ProjectPaths,
    kind: ModelKind,
    decision: Decision,
    reason: str,
    current: EnsembleNote,
    candidate: EnsembleNote,
) -> Promotion:
    """Write a decision down, behind those before it."""
    promotion = Promotion(
        decided_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        decision=decision,
        reason=reason,
        current=current,
        candidate=candidate,
    )
    record = paths.promotions(kind)
    # A person may promote while the gate of a run decides: neither decision replaces the other.
    with sole_holder(record.with_name(f".{record.name}.lock"), otherwise=None):
        lines = [one.model_dump_json() for one in (*promotions(paths, kind), promotion)]
        write_text(record, "".join(f"{line}\n" for line in lines))
    return promotion


# Recipes ask for the last promotion at every crater.
@lru_cache(maxsize=256)
def _parsed(line: bytes) -> Promotion:
    return Promotion.model_validate_json(line)
