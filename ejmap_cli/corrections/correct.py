"""``ejmap correct``: the masks of some craters as a folder that a person edits in a GIS."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import FOLDER, PROJECT, command, require_project, suggested

if TYPE_CHECKING:
    from ejmap_geo.craters.catalogue import Crater
    from ejmap_project.open_project import OpenProject


@command(
    "correct",
    "ejmap correct projects/mine 7 12",
    'ejmap correct projects/mine "Han Kan" --out to_correct',
)
@PROJECT
@click.argument("craters", nargs=-1, required=True, help="ids or names of craters")
@click.option("--out", type=FOLDER, help="folder to make; default: corrections_DATE_TIME here")
def correct(project: Path, craters: tuple[str, ...], *, out: Path | None) -> int:
    """Hand out masks to be corrected.

    Make a folder with the mosaic around each crater, its mask as polygons and as pixels, the tiles
    to look at first, and a QGIS project that opens all of it. `ejmap import-labels` takes the
    folder back.
    """
    from datetime import UTC, datetime

    from ejmap_project.basemap import require_any_map
    from ejmap_project.corrections.package import make_package
    from ejmap_project.corrections.package_note import QGIS
    from ejmap_project.open_project import OpenProject

    require_project(project)
    opened = OpenProject.at(project.resolve())
    require_any_map(opened)
    chosen = [_named(opened, words) for words in craters]
    folder = out or Path(f"corrections_{datetime.now(UTC):%Y-%m-%d_%H%M%S}")
    note = make_package(opened, chosen, folder.resolve())
    labels = sum(one.is_label for one in note.craters)
    click.echo(f"package    {folder}")
    click.echo(f"craters    {len(note.craters)}, {labels} of them with a label")
    click.echo(f"open       {folder / QGIS}")
    click.echo(f"then       {suggested('ejmap', 'import-labels', project, folder)}")
    return 0


def _named(project: "OpenProject", words: str) -> "Crater":
    from ejmap_geo.plain_text import called
    from ejmap_project.errors import SourceError

    craters = list(project.craters().values())
    found = [craters[at] for at in called(words, [one.name for one in craters])]
    if words.isdecimal():
        found = [one for one in craters if one.crater_id == int(words)] or found
    if len(found) != 1:
        many = f"{len(found)} craters have that name" if found else "no crater has that id or name"
        raise SourceError(
            f"{words!r:.80}: {many} in {project.paths.folder}; give an id of its crater table"
        )
    return found[0]
