"""``ejmap export``: a project's results in the layout of the published study."""

from collections.abc import Sequence
from pathlib import Path

import click

from ejmap_cli.command import FOLDER, PROJECT, command

# Named again, because importing the exports takes a second; a test holds the two equal.
PARTS = (
    "craters",
    "mosaic",
    "masks",
    "tiles",
    "connections",
    "weights",
    "map",
    "analysis",
    "scores",
    "azimuthal-mosaics",
    "tiles-npy",
)


@command(
    "export",
    "ejmap export projects/mercury ejmap-data",
    "ejmap export projects/mercury ejmap-data --what map --what scores --force",
)
@PROJECT
@click.argument("folder", type=FOLDER, help="folder to write to")
@click.option(
    "--what",
    type=click.Choice(PARTS),
    multiple=True,
    metavar="PART",
    help=f"{', '.join(PARTS[:-1])} or {PARTS[-1]}; may be repeated; "
    f"default: all but {' and '.join(PARTS[-2:])}",
)
@click.option("--force", is_flag=True, help="replace files that are there")
@click.option("--split", type=int, metavar="K", help="number of the split")
@click.option("--ejconn-version", type=int, metavar="V", help="number of EJCONN")
@click.option("--ejseg-version", type=int, metavar="V", help="number of EJSEG")
@click.option("--run", metavar="NAME", help="name of the map in output_masks")
def export(
    project: Path,
    folder: Path,
    *,
    what: Sequence[str],
    force: bool,
    split: int | None,
    ejconn_version: int | None,
    ejseg_version: int | None,
    run: str | None,
) -> int:
    """Write results as published EJMAP data.

    Write a project's craters, masks, tiles, splits, connections, weights, maps and scores as a
    published EJMAP folder, whole or not at all.
    """
    from ejmap_project.export.folder import USUAL, export_project
    from ejmap_project.export.published_names import PublishedNames
    from ejmap_project.open_project import OpenProject

    opened = OpenProject.at(project.resolve())
    names = PublishedNames.of(
        opened, ejconn=ejconn_version, ejseg=ejseg_version, split=split, run=run
    )
    notes = export_project(
        opened, folder, names=names, what=what or USUAL, force=force, tell=click.echo
    )
    for note in notes:
        click.echo(f"left out: {note}")
    click.echo(f"{folder} holds version {names.ejseg} of EJSEG, {names.ejconn} of EJCONN")
    return 0
