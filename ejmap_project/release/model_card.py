"""Model cards of a release: what each ensemble that mapped is, learned from, and was judged by."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ejmap_ml.bundles.bundle_files import CONFIG, read_json
from ejmap_ml.config.model_config import ModelConfig
from ejmap_project.models.member_provenance import provenance_of
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.models.promotion_record import promotions
from ejmap_project.models.ready_models import ready_named
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind, iteration_name
from ejmap_project.release.page import number_words
from ejmap_project.release_metadata.release_manifest import (
    CorrectionNote,
    ModelNote,
    ReleaseManifest,
)


def write_model_cards(project: OpenProject, manifest: ReleaseManifest, folder: Path) -> None:
    """Write ``MODEL_CARD_KIND.md`` for each ensemble of a release.

    Args:
        project: The project, its paths those of the release.
        manifest: What the release holds.
        folder: Where the cards go.
    """
    for kind in MODEL_KINDS:
        note = manifest.models.get(kind)
        if note is not None:
            card = model_card(project, kind, note, corrections=manifest.corrections)
            (folder / f"MODEL_CARD_{kind.upper()}.md").write_text(card, encoding="utf-8")


def model_card(
    project: OpenProject,
    kind: ModelKind,
    note: ModelNote,
    *,
    corrections: Sequence[CorrectionNote] = (),
) -> str:
    """Return the card of an ensemble as Markdown.

    Args:
        project: The project, its paths those of the release.
        kind: The model.
        note: The ensemble.
        corrections: Masks of the release that are people's and none of the ensemble's.

    Raises:
        BundleError: If the settings of a member are missing.
        StepError: If a member does not say where it comes from.
    """
    ensemble = project.paths.stored_ensemble(kind, note.digest)
    members = [ensemble / iteration_name(number) for number in range(len(note.members))]
    return "\n".join(
        [
            *_head(kind, note, members),
            *_by_hand(corrections),
            *_gate(project, kind),
            *_own_card(project, note),
        ]
    )


def _head(kind: ModelKind, note: ModelNote, members: list[Path]) -> Iterator[str]:
    yield f"# {note.version}"
    yield ""
    yield f"The {kind.upper()} ensemble that mapped this release: {len(members)} member(s)."
    yield ""
    told = [provenance_of(member) for member in members]
    if told:
        config = ModelConfig.model_validate_json(read_json(members[0] / CONFIG))
        yield f"- reads: {config.reads_words}"
        yield f"- architecture: {config.architecture.kind}"
        yield f"- source: {told[0].source or 'trained in this project'}"
    yield f"- digest of the ensemble: `{note.digest}`"
    yield ""
    yield "| member | data version | trained | seed | samples | steps | scores |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for number, (version, one) in enumerate(zip(note.members, told, strict=True)):
        known = {name: value for name, value in one.scores.items() if value is not None}
        scores = ", ".join(f"{name} {value:.3f}" for name, value in known.items())
        cells = (one.created_utc, one.seed, one.samples, one.steps)
        words = " | ".join(number_words(cell) for cell in cells)
        yield f"| {number} | `{version}` | {words} | {scores} |"
    yield ""
    if told and told[0].inputs:
        yield "## Learned from"
        yield ""
        yield from (f"- {name}: {value}" for name, value in told[0].inputs.items())
        yield ""


def _by_hand(corrections: Sequence[CorrectionNote]) -> Iterator[str]:
    if corrections:
        yield "## Not mapped by it"
        yield ""
        yield "People corrected these masks by hand; the release shows what they drew:"
        yield ""
        yield from (f"- {one.words}" for one in corrections)
        yield ""


def _gate(project: OpenProject, kind: ModelKind) -> Iterator[str]:
    decided = promotions(project.paths, kind)
    if not decided:
        return
    last = decided[-1]
    yield "## Judged by"
    yield ""
    yield f"{last.decided_utc}: {last.decision.value}. {last.reason}"
    yield ""
    scores = last.current.reference
    if scores is not None:
        found = (("ray recall", scores.ray), ("blanket recall", scores.blanket))
        shown = [f"{name} {number_words(value)}" for name, value in found]
        wrong = f"false area {number_words(scores.false_area)}"
        yield f"On {scores.craters} real craters of the reference set: {', '.join(shown)}, {wrong}."
        yield ""


def _own_card(project: OpenProject, note: ModelNote) -> Iterator[str]:
    """Yield the card that a ready-made ensemble comes with, one heading lower."""
    ready = ready_named(project, ModelVersion.parse(note.version).name)
    if ready is not None:
        yield "## Card of the ready-made ensemble"
        yield ""
        for line in ready.card.splitlines():
            yield f"##{line}" if line.startswith("#") else line
        yield ""
