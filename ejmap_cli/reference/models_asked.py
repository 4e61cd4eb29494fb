"""Which models and craters of the reference set a command is asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import FILE, FOLDER

if TYPE_CHECKING:
    from ejmap_project.reference.reference_crater import Part
    from ejmap_project.reference.reference_set import DrawnCrater

PARTS = ("train", "decide", "report")
MODELS = click.argument(
    "models",
    type=FOLDER,
    nargs=-1,
    metavar="[PROJECT | READY_MADE | BUNDLE_FOLDER ...]",
    help="project, whose promoted EJSEG is taken, name of a ready-made ensemble, or folders of "
    "bundles, together an ensemble",
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
