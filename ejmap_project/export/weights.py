"""Weights of the configured versions as published checkpoints and norms."""

from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_ml.errors import CheckpointError
from ejmap_project.export.export import Export
from ejmap_project.export.published_names import own_number
from ejmap_project.models.model_version import configured_version
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.published import layout

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_ml.bundles.normalization import Normalization


def export_weights(export: Export) -> list[str]:
    """Write each member of both configured ensembles, and their normalization."""
    return [note for kind in MODEL_KINDS for note in _export_kind(export, kind)]


def _export_kind(export: Export, kind: ModelKind) -> list[str]:
    from ejmap_ml.bundles.bundle import ModelBundle

    version = configured_version(export.project, kind)
    key, number = version.key, export.names.version(kind)
    folders = sorted(export.paths.model_version(kind, key).glob("iteration_*"))
    if not folders:
        return [f"weights of {key}: not trained yet"]
    if own_number(export.project, export.names, kind) is None:
        shown = f"version {number} is another model, whose published results the project shows"
        return [f"weights of {key}: {shown}; give --{kind}-version a number of its own"]
    try:
        norms = [_written(export, kind, ModelBundle.load(path), path) for path in folders]
    except CheckpointError as error:
        return [f"weights of {key}: {error}"]
    return _write_norm(export, kind, norms, key)


def _written(
    export: Export, kind: ModelKind, bundle: "ModelBundle", path: Path
) -> "Normalization | None":
    """Write a member and return its norm alone: twenty members would not fit into memory."""
    from ejmap_ml.published.checkpoint import write_checkpoint

    names = export.names
    iteration = int(path.name.removeprefix("iteration_"))
    export.tell(f"weights of {bundle.config.name}, member {iteration + 1}")
    place = export.place(
        layout.CHECKPOINT[kind],
        version=names.version(kind),
        split=names.split,
        iteration=iteration,
    )
    write_checkpoint(bundle, place)
    return bundle.normalization


def _write_norm(
    export: Export, kind: ModelKind, norms: "list[Normalization | None]", key: str
) -> list[str]:
    from ejmap_ml.published.norm_file import write_norm

    first = norms[0]
    if first is None:
        return [f"norm of {key}: its samples arrive normalised"]
    names = export.names
    place = export.place(layout.NORM[kind], version=names.version(kind), split=names.split)
    write_norm(first, place)
    if any(norm != first for norm in norms):
        # One file a split was published, whose norm all members share.
        return [f"norms of {key} after the first: a published version has one norm a split"]
    return []
