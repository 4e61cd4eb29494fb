"""Ensembles that were promoted, stored apart from versions that may be trained again."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_geo.whole_file import whole_folder
from ejmap_ml.errors import MlError
from ejmap_project.errors import StepError
from ejmap_project.models.promotion_record import EnsembleNote
from ejmap_project.paths import ModelKind, ProjectPaths, iteration_name

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle


def store_ensemble(
    paths: ProjectPaths, kind: ModelKind, note: EnsembleNote, bundles: Sequence["ModelBundle"]
) -> None:
    """Store the members of an ensemble; one that lies there and was damaged is replaced."""
    folder = paths.stored_ensemble(kind, note.digest)
    with suppress(MlError, StepError):
        if folder.is_dir() and stored_bundles(paths, kind, note):
            return
    with whole_folder(folder) as unfinished:
        for iteration, bundle in enumerate(bundles):
            bundle.save(member_folder(unfinished, iteration))


def stored_bundles(paths: ProjectPaths, kind: ModelKind, note: EnsembleNote) -> list["ModelBundle"]:
    """Return the members of a stored ensemble.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
        StepError: If it is another ensemble.
    """
    from ejmap_ml.bundles.bundle import ModelBundle

    folder = paths.stored_ensemble(kind, note.digest)
    bundles = [
        ModelBundle.load(member_folder(folder, iteration)) for iteration in range(len(note.members))
    ]
    if tuple(bundle.data_version for bundle in bundles) != note.members:
        raise StepError(f"{folder} does not hold the ensemble that was promoted; promote it again")
    return bundles


def member_folder(ensemble: Path, iteration: int) -> Path:
    """Return where a member of a stored ensemble lies."""
    return ensemble / iteration_name(iteration)
