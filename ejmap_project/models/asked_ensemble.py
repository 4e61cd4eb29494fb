"""Which ensemble a person means: a project, folders of bundles, or the name of a ready-made one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_ml.bundles.bundle_files import CONFIG
from ejmap_ml.ready.ensembles import ReadyEnsemble, ready_ensemble
from ejmap_project.errors import SettingsError
from ejmap_project.models.promotion import promoted_bundles
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle


def asked_bundles(places: Sequence[Path]) -> "list[ModelBundle]":
    """Return the members of the ensemble that is meant.

    Args:
        places: A project, whose promoted EJSEG is taken; the name of an ensemble that comes with
            EJMAP; or bundles and folders of bundles (``iteration_00``, ...), together an ensemble.

    Raises:
        SettingsError: If a place is none of these.
        StepError: If nothing is promoted in the project.
        BundleError: If a bundle is incomplete or was altered.
    """
    from ejmap_ml.bundles.bundle import ModelBundle

    if len(places) == 1 and is_project(places[0]):
        return promoted_bundles(OpenProject.at(places[0].resolve()), "ejseg")
    return [ModelBundle.load(one) for place in places for one in _members(place)]


def is_project(folder: Path) -> bool:
    """Return whether a folder is a project."""
    return ProjectPaths(folder).settings.is_file()


def holds_bundles(place: Path) -> bool:
    """Return whether a place is a bundle, a folder of bundles, or the name of a ready-made one."""
    return bool(_found(place))


def _members(place: Path) -> list[Path]:
    found = _found(place)
    if not found:
        raise SettingsError(
            f"{place} holds neither a project nor model bundles; name a project alone, folders "
            f"with a {CONFIG}, or a ready-made ensemble"
        )
    return found


def _found(place: Path) -> list[Path]:
    if (place / CONFIG).is_file():
        return [place]
    found = sorted(path.parent for path in place.glob(f"*/{CONFIG}"))
    ready = None if found else ready_ensemble(str(place))
    return found if ready is None else _ready_members(ready)


def _ready_members(ready: ReadyEnsemble) -> list[Path]:
    return [ready.member(number) for number in range(ready.member_count)]
