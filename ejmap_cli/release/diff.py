"""``ejmap release diff``: what changed between two releases, and which input changed it."""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, FILE, PROJECT, command, require_project
from ejmap_cli.printing import print_json, table_lines

if TYPE_CHECKING:
    from ejmap_project.release.difference import ReleaseDifference


@command(
    "diff",
    "ejmap release diff projects/mine 1 2",
    "ejmap release diff projects/mine first second --html changes.html",
)
@PROJECT
@click.argument("before", help="number or name of a release")
@click.argument("after", help="number or name of another one")
@click.option("--html", type=FILE, help="write it as a page, too")
@AS_JSON
def diff(project: Path, before: str, after: str, *, html: Path | None, as_json: bool) -> int:
    """Compare two releases crater by crater.

    Of each crater: area, agreement of the masks, quantities, and which model, mosaic, setting, code
    or row of the catalogue differs.
    """
    from ejmap_project.paths import ProjectPaths
    from ejmap_project.release.difference import difference
    from ejmap_project.release.difference_page import write_difference
    from ejmap_project.release.release_folder import release_folder

    require_project(project)
    paths = ProjectPaths(project.resolve())
    found = difference(release_folder(paths, before), release_folder(paths, after))
    if html is not None:
        write_difference(html, found)
    if as_json:
        print_json(facts_of(found))
        return 0
    for line in _lines(found):
        click.echo(line)
    if html is not None:
        click.echo(f"page       {html}")
    return 0


def facts_of(found: "ReleaseDifference") -> dict[str, object]:
    """Return a difference as JSON holds it; values that do not exist are null."""
    return {
        "before": found.before.manifest.label,
        "after": found.after.manifest.label,
        "settings": [one._asdict() for one in found.settings],
        "packages": [one._asdict() for one in found.packages],
        "craters": [
            {
                "key": one.key,
                "name": one.name,
                "change": one.change,
                "area_km2": _known(one.area_km2),
                "iou": _known((one.iou,))[0],
                "quantities": {name: _known(pair) for name, pair in one.quantities.items()},
                "causes": [cause._asdict() for cause in one.causes],
            }
            for one in found.craters
        ],
    }


def _known(values: tuple[float, ...]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values]


def _lines(found: "ReleaseDifference") -> Iterator[str]:
    from rich.table import Table

    from ejmap_project.release.difference_page import cause_lines, crater_table

    yield f"releases   {found.before.manifest.label} to {found.after.manifest.label}"
    same = len(found.craters) - len(found.changed)
    yield f"craters    {len(found.changed)} changed, {same} are the same"
    for line in cause_lines(found):
        yield f"differs    {line}"
    for one in found.settings:
        yield f"setting    {one.words}"
    for one in found.packages:
        yield f"software   {one.words}"
    if not found.changed:
        return
    told = crater_table(found)
    table = Table(box=None, pad_edge=False)
    for heading in told.columns:
        table.add_column(heading, overflow="fold")
    for row in told.rows:
        table.add_row(*row)
    yield from table_lines(table, is_terminal=sys.stdout.isatty())
