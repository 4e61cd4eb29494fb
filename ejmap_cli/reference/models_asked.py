"""Which models and craters of the reference set a command is asked for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import FILE, FOLDER

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_project.reference.reference_crater import Part
    from ejmap_project.reference.reference_set import DrawnCrater

PARTS = ("train", "decide", "report")
MODELS = click.argument(
    "models",
    type=FOLDER,
    nargs=-1,
    metavar="[PROJECT | BUNDLE_FOLDER ...]",
    help="project, whose promoted EJSEG is taken, or folders of bundles, together an ensemble",
)
PART = click.option(
    "--part",
    type=click.Choice(PARTS),
    help="part of the set; default: decide, or all craters of --drawings",
)
DRAWINGS = click.option("--drawings", type=FILE, metavar="FILE", help="table of own drawings")
CRATERS = click.option(
    "--craters",
    type=FILE,
    metavar="FILE",
    help="table of craters that are drawn but no part of the set: "
    "body,name,lat_deg,lon_deg,diameter_km",
)
REPORT_NOTE = (
    "note: the part `report` is for the end only. Whoever chooses by its scores has no part left "
    "that is independent."
)


def drawn_craters(
    part: "Part | None",
    drawings: Path | None,
    craters: Path | None,
    *,
    tell: Callable[[str], None],
) -> "list[DrawnCrater]":
    """Return the craters that are asked for; tells what should be known of the part `report`.

    Raises:
        SourceError: If a table is not valid.
    """
    from ejmap_project.reference.reference_set import reference_set

    if part is None and drawings is None:
        part = "decide"
    if part == "report":
        tell(REPORT_NOTE)
    return reference_set(part=part, drawings=drawings, craters=craters)


def asked_bundles(folders: Sequence[Path]) -> "list[ModelBundle]":
    """Return the members of the ensemble that is meant by folders.

    Args:
        folders: A project, or bundles and folders of bundles (``iteration_00``, ...).

    Raises:
        SettingsError: If a folder holds neither.
        StepError: If nothing is promoted in the project.
        BundleError: If a bundle is incomplete or was altered.
    """
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_project.models.promotion import promoted_bundles
    from ejmap_project.open_project import OpenProject

    if len(folders) == 1 and (folders[0] / "project.yaml").is_file():
        return promoted_bundles(OpenProject.at(folders[0].resolve()), "ejseg")
    return [ModelBundle.load(one) for folder in folders for one in _bundle_folders(folder)]


def _bundle_folders(folder: Path) -> list[Path]:
    from ejmap_ml.bundles.bundle_files import CONFIG
    from ejmap_project.errors import SettingsError

    if (folder / CONFIG).is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob(f"*/{CONFIG}"))
    if not found:
        raise SettingsError(
            f"{folder} holds neither a project nor model bundles; name a project alone, or folders "
            f"with a {CONFIG}"
        )
    return found
