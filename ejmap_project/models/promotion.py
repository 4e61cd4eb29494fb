"""Which ensemble maps the craters: candidates pass a gate, and every decision is written down.

A promoted ensemble is stored under the digest of its members, apart from the versions that may be
trained again. So a roll-back finds exactly what mapped the craters before.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ejmap_project.errors import StepError
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_version,
    member_count,
    wanted_versions,
)
from ejmap_project.models.promotion_record import (
    Decision,
    EnsembleNote,
    Promotion,
    mapping_ensemble,
    promoted_ensemble,
    promotions,
    write_promotion,
)
from ejmap_project.models.reference_gate import (
    is_current,
    reference_note,
    reference_refusal,
    reference_words,
)
from ejmap_project.models.stored_ensemble import store_ensemble, stored_bundles
from ejmap_project.models.tuning_gate import tuned_words, tuning_note, tuning_refusal
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle

GATE_SCORE = "test_f1"


def promoted_bundles(project: OpenProject, kind: ModelKind) -> list["ModelBundle"]:
    """Read the members of the ensemble that maps the craters.

    Raises:
        StepError: If nothing is promoted yet.
        BundleError: If a bundle is incomplete or was altered.
    """
    note = mapping_ensemble(project, kind) or promoted_ensemble(project.paths, kind)
    return stored_bundles(project.paths, kind, note)


def decide(
    project: OpenProject,
    kind: ModelKind,
    *,
    by_hand: bool,
    reason: str,
    version: ModelVersion | None = None,
    red_checks: Sequence[str] = (),
) -> Promotion:
    """Promote a version if it passes the gate or somebody insists; write it down.

    The gate: no check upstream is red; the candidate's mean F1 on the test tiles is not below the
    current ensemble's by more than ``models.gate_tolerance``; and a polar EJSEG neither loses
    recall nor gains false area on the deciding part of the reference set, whatever F1 says.
    Ensembles of different splits, or without test tiles, have no F1 to compare, and models of tiles
    no scores on the reference set; what cannot be compared passes, and the record says so.

    A tuned polar EJSEG must beat what it started from on craters that were held back from tuning
    (:mod:`ejmap_project.models.tuning_gate`). One that does may lose on the reference set: masks of
    this very planet decide, not those of others.

    Args:
        project: The project.
        kind: Which of the two models.
        by_hand: Promote whatever the gate says.
        reason: Why, when it is done by hand.
        version: The version; None stands for the configured one.
        red_checks: Names of the checks upstream that failed.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
    """
    candidate, bundles = _candidate(project, kind, version)
    decided = promotions(project.paths, kind)
    current = decided[-1].current if decided else None
    if kind == "ejseg" and (by_hand or not (red_checks or _no_gain(project, candidate))):
        candidate, current = _scored(project, candidate, bundles, current)
    refusal = None
    if by_hand:
        reason = reason or "promoted by hand"
    else:
        refusal = _refusal(project, candidate, current, red_checks)
        reason = refusal or _passed(kind, candidate, current)
        if refusal is None and candidate.tuning is not None:
            reason = f"{tuned_words(candidate.tuning, bundles)}; {reason}"
    if refusal is not None and current is not None:
        return write_promotion(project.paths, kind, Decision.KEPT, reason, current, candidate)
    if refusal is not None:
        raise StepError(f"the first {kind} ensemble cannot be promoted: {refusal}")
    store_ensemble(project.paths, kind, candidate, bundles)
    return write_promotion(project.paths, kind, Decision.PROMOTED, reason, candidate, candidate)


def roll_back(project: OpenProject, kind: ModelKind, *, to: str, reason: str) -> Promotion:
    """Let an ensemble that was promoted before map the craters again; write it down.

    The configured version counts as looked at: it is not promoted again until it is trained again.
    One that is not trained at all, or damaged, is no reason to keep what maps badly.

    Args:
        project: The project.
        kind: Which of the two models.
        to: Digest of the ensemble, or its beginning; empty takes the one before the current one.
        reason: Why.

    Raises:
        StepError: If there is no such ensemble.
        BundleError: If it is incomplete or was altered.
    """
    from ejmap_ml.errors import BundleError

    decided = promotions(project.paths, kind)
    if not decided:
        raise StepError(f"no {kind} model was ever promoted; there is nothing to roll back to")
    current = decided[-1].current
    # The latest first: an ensemble that mapped twice counts where it mapped last.
    former = {
        one.current.digest: one.current
        for one in reversed(decided)
        if one.current.digest != current.digest
    }
    found = [note for digest, note in former.items() if digest.startswith(to)]
    if not found or (to and len(found) > 1):
        known = ", ".join(f"{digest} ({note.version})" for digest, note in former.items())
        raise StepError(
            f"there is no single former {kind} ensemble {to!r}; there are {known or 'none'}"
        )
    target = found[0]
    stored_bundles(project.paths, kind, target)
    try:
        candidate, _ = _candidate(project, kind)
    except BundleError:
        candidate = decided[-1].candidate
    reason = reason or f"rolled back from {current.version} ({current.digest})"
    return write_promotion(project.paths, kind, Decision.ROLLED_BACK, reason, target, candidate)


def versions_to_judge(project: OpenProject, kind: ModelKind) -> tuple[ModelVersion, ...]:
    """Return the versions that the gate judges now, in their order.

    They are the configured version and the candidate of the settings, once it is trained, as far as
    the record does not hold a decision on their weights; where it does on all, the last is judged
    again.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
    """
    there = [one for one in wanted_versions(project, kind) if _is_trained(project, kind, one)]
    judged = {one.candidate.digest for one in promotions(project.paths, kind)}
    new = [one for one in there if _candidate(project, kind, one)[0].digest not in judged]
    return tuple(new or there[-1:] or wanted_versions(project, kind)[:1])


def _is_trained(project: OpenProject, kind: ModelKind, version: ModelVersion) -> bool:
    members = range(member_count(project, kind, version))
    bundles = (project.paths.model_bundle(kind, version=version.key, iteration=n) for n in members)
    return all(bundle.is_dir() for bundle in bundles)


def _candidate(
    project: OpenProject, kind: ModelKind, version: ModelVersion | None = None
) -> tuple[EnsembleNote, list["ModelBundle"]]:
    """Return a version's ensemble as the gate looks at it; None stands for the configured one."""
    from ejmap_ml.bundles.bundle import ModelBundle

    version = version or configured_version(project, kind)
    bundles = [
        ModelBundle.load(project.paths.model_bundle(kind, version=version.key, iteration=iteration))
        for iteration in range(member_count(project, kind, version))
    ]
    # Members that were trained elsewhere bring scores of other tiles: not to be compared.
    scores = [
        None if bundle.provenance.source else bundle.provenance.scores.get(GATE_SCORE)
        for bundle in bundles
    ]
    known = [score for score in scores if score is not None]
    note = EnsembleNote(
        version=version.key,
        members=tuple(bundle.data_version for bundle in bundles),
        score=sum(known) / len(known) if len(known) == len(bundles) else None,
        tuning=tuning_note(bundles),
    )
    return note, bundles


def _refusal(
    project: OpenProject,
    candidate: EnsembleNote,
    current: EnsembleNote | None,
    red_checks: Sequence[str],
) -> str | None:
    if red_checks:
        return f"the check {red_checks[0]} is red; mend it, or promote by hand"
    no_gain = _no_gain(project, candidate)
    if no_gain is not None or current is None:
        return no_gain
    tolerance = project.settings.models.gate_tolerance
    on_reference = None if candidate.tuning else reference_refusal(candidate, current)
    if not _comparable(candidate, current) or candidate.score is None:
        return on_reference
    assert current.score is not None  # noqa: S101 - what is comparable is there
    if candidate.score >= current.score - tolerance:
        return on_reference
    return (
        f"the candidate's test F1 is {candidate.score:.4f}, below the {current.score:.4f} of "
        f"{current.version}; train longer, or promote by hand"
    )


def _no_gain(project: OpenProject, candidate: EnsembleNote) -> str | None:
    return tuning_refusal(candidate.tuning, tolerance=project.settings.models.gate_tolerance)


def _scored(
    project: OpenProject,
    candidate: EnsembleNote,
    bundles: Sequence["ModelBundle"],
    current: EnsembleNote | None,
) -> tuple[EnsembleNote, EnsembleNote | None]:
    """Return both ensembles with their scores on real craters; kept scores are not made again."""
    from ejmap_ml.errors import BundleError

    body = project.settings.planet
    candidate = candidate.model_copy(update={"reference": reference_note(bundles, body)})
    if current is None or is_current(current.reference, body):
        return candidate, current
    reference = None
    # What maps now and can no longer be read must not hold up what would replace it.
    with suppress(BundleError, StepError):
        stored = stored_bundles(project.paths, "ejseg", current)
        reference = reference_note(stored, body)
    return candidate, current.model_copy(update={"reference": reference})


def _passed(kind: ModelKind, candidate: EnsembleNote, current: EnsembleNote | None) -> str:
    if current is None:
        return "the first of its kind"
    if _comparable(candidate, current):
        reason = f"test F1 {candidate.score:.4f} against {current.score:.4f} of {current.version}"
    else:
        reason = "not compared: the two have no test tiles in common"
    found, wanted = candidate.reference, current.reference
    if found is not None and wanted is not None:
        reason += f"; on {found.craters} real craters {reference_words(found)} against "
        reason += f"{reference_words(wanted)}"
    elif kind == "ejseg":
        reason += "; not compared on real craters, where only polar models can be scored"
    return reason


def _comparable(candidate: EnsembleNote, current: EnsembleNote | None) -> bool:
    if current is None or candidate.score is None or current.score is None:
        return False
    splits = {ModelVersion.parse(note.version).split for note in (candidate, current)}
    return len(splits) == 1
