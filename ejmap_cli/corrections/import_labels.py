"""``ejmap import-labels``: corrected masks become labels of a project."""

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, FOLDER, PROJECT, command, require_project, suggested
from ejmap_cli.printing import print_json

if TYPE_CHECKING:
    from ejmap_project.corrections.import_labels import Imported


@command(
    "import-labels",
    "ejmap import-labels projects/mine to_correct",
    'ejmap import-labels projects/mine to_correct --by "A. Geologist" --note "rays of Han Kan"',
)
@PROJECT
@click.argument("package", type=FOLDER, help="folder that `ejmap correct` made")
@click.option("--by", help="who edited the masks; default: your user name")
@click.option("--note", default="", help="words to keep with the import")
@AS_JSON
def import_labels(project: Path, package: Path, *, by: str | None, note: str, as_json: bool) -> int:
    """Take corrected masks as labels.

    Check the masks of a package, say what changed, and take all that were edited into the folder of
    masks of the project, or none. The masks that they replace stay in corrections/NNNN of the
    project, with who imported them and when.
    """
    from ejmap_project.corrections.import_labels import import_labels as take
    from ejmap_project.open_project import OpenProject

    require_project(project)
    opened = OpenProject.at(project.resolve())
    done = take(opened, package.resolve(), by=by or getpass.getuser(), note=note)
    if as_json:
        print_json({"folder": str(done.folder), **done.note.model_dump(mode="json")})
        return 0
    for line in _lines(done):
        click.echo(line)
    click.echo(f"then       {suggested('ejmap', 'run', project)}")
    return 0


def _lines(done: "Imported") -> Iterator[str]:
    for one in done.note.changes:
        against = "its label" if one.was_label else "the map"
        yield (
            f"crater     {one.crater}: {one.added_px} px ({one.added_km2:.0f} km2) added to, "
            f"{one.removed_px} px ({one.removed_km2:.0f} km2) removed from {against}; "
            f"{one.area_km2:.0f} km2 now"
        )
    yield from (f"warning    {one.warning}" for one in done.note.changes if one.warning)
    yield f"kept       {done.folder}"
