"""``ejmap export``: a project's results in the published layout, or its map for other programs."""

from collections.abc import Sequence
from pathlib import Path

import click

from ejmap_cli.command import FOLDER, PROJECT, command, require_as_recorded

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
PUBLISHED = "published"
FORMATS = (PUBLISHED, "shapefile", "jmars", "iau")


@command(
    "export",
    "ejmap export projects/mercury ejmap-data",
    "ejmap export projects/mercury ejmap-data --what map --what scores --force",
    "ejmap export projects/mercury for-arcgis --format shapefile",
)
@PROJECT
@click.argument("folder", type=FOLDER, help="folder to write to")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=PUBLISHED,
    help="shapefile, jmars (simple shapes) or iau (sphere of the IAU's code): the map alone; "
    "default: published",
)
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
    form: str,
    what: Sequence[str],
    force: bool,
    split: int | None,
    ejconn_version: int | None,
    ejseg_version: int | None,
    run: str | None,
) -> int:
    """Write results as published EJMAP data, or the map for other programs.

    Write a project's craters, masks, tiles, splits, connections, weights, maps and scores as a
    published EJMAP folder, whole or not at all. Another format takes the map alone.
    """
    if form != PUBLISHED:
        of_published = {
            "--what": what,
            "--split": split,
            "--ejconn-version": ejconn_version,
            "--ejseg-version": ejseg_version,
            "--run": run,
        }
        for option, value in of_published.items():
            if value not in {None, ()}:
                raise click.UsageError(f"{option} goes with --format {PUBLISHED} alone")
        return _export_map(project, folder, form=form, force=force)
    from ejmap_project.export.folder import USUAL, export_project
    from ejmap_project.export.published_names import PublishedNames
    from ejmap_project.open_project import OpenProject

    opened = OpenProject.at(project.resolve())
    require_as_recorded(opened.paths.folder)
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


def _export_map(project: Path, folder: Path, *, form: str, force: bool) -> int:
    from ejmap_project.gis_export.formats import export_map
    from ejmap_project.open_project import OpenProject

    files = export_map(OpenProject.at(project.resolve()), folder, form=form, force=force)
    click.echo(f"{folder} holds {', '.join(files)}")
    return 0
