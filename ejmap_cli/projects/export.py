"""``ejmap export``: a project's results in the published layout, or its map for other programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import FOLDER, PROJECT, command, suggested

if TYPE_CHECKING:
    from ejmap_project.open_project import OpenProject

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
FORMATS = (PUBLISHED, "shapefile", "jmars", "iau", "pds4")


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
    help="shapefile, jmars (simple shapes), iau (sphere of the IAU's code) or pds4 (labelled "
    "rasters): the map alone; default: published",
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
    from ejmap_project.open_project import OpenProject

    opened = OpenProject.at(project.resolve())
    _require_as_recorded(opened)
    if form != PUBLISHED:
        return _export_map(opened, folder, form=form, force=force)
    from ejmap_project.export.folder import USUAL, export_project
    from ejmap_project.export.published_names import PublishedNames

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


def _export_map(project: "OpenProject", folder: Path, *, form: str, force: bool) -> int:
    from ejmap_project.gis_export.formats import export_map

    files = export_map(project, folder, form=form, force=force)
    click.echo(f"{folder} holds {', '.join(files)}")
    return 0


def _require_as_recorded(project: "OpenProject") -> None:
    """Refuse to export a project whose files are not what was recorded.

    Raises:
        StepError: If an artefact is not as the history says.
    """
    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.lineage.rows import LINEAGE
    from ejmap_assets.runs.instance import home_of, open_instance
    from ejmap_assets.status.verification import verify
    from ejmap_project.errors import StepError
    from ejmap_project.progress import Silence

    folder = project.paths.folder
    if not home_of(folder).is_dir():
        return
    with open_instance(folder) as instance:
        book = book_of(project, instance).snapshot()
        book.fetch(LINEAGE)
        found = verify(book, Silence(), reads_all=False).faults
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise StepError(
            f"{found[0].artefact}{more} of {folder} is not what was recorded: {found[0].fault}; "
            f"`{suggested('ejmap', 'run', folder)}` makes it again"
        )
