"""``ejmap new``: a project from a person's own files."""

from pathlib import Path

import click

from ejmap_cli.command import BANDS, FILE, FOLDER, command


@command(
    "new",
    "ejmap new projects/mine --mosaic mosaic.tif --craters craters.gpkg",
    "ejmap new projects/moon --mosaic wac.tif --craters craters.csv --masks masks --body Moon",
    "ejmap new projects/rgb --mosaic rgb.tif --craters craters.csv --bands rgb",
)
@click.argument("project", type=FOLDER, help="folder to make")
@click.option("--mosaic", type=FILE, required=True, help="raster of the whole planet")
@click.option("--craters", type=FILE, required=True, help=".gpkg, .shp, .parquet or .csv")
@click.option("--masks", type=FOLDER, help="folder of mask_NNNN.tif of labelled craters")
@click.option("--body", default="Mercury", help="Mercury (default) or Moon")
@BANDS
def new(
    project: Path,
    *,
    mosaic: Path,
    craters: Path,
    masks: Path | None,
    body: str,
    bands: str | None,
) -> int:
    """Make a project from your mosaic and craters."""
    from ejmap_project.intake.new_project import new_project

    notes = new_project(
        project, mosaic=mosaic, craters=craters, masks=masks, body=body, bands=bands
    )
    for note in notes:
        click.echo(note)
    click.echo(f"{project / 'project.yaml'} is ready; ejmap run {project}")
    return 0
