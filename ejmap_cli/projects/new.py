"""``ejmap new``: a project from a person's own files."""

from pathlib import Path

import click

from ejmap_cli.command import FILE, FOLDER, BodyName, command


@command(
    "new",
    "ejmap new projects/mine --mosaic mosaic.tif --craters craters.gpkg",
    "ejmap new projects/moon --mosaic wac.tif --craters craters.csv --masks masks --body Moon",
)
@click.argument("project", type=FOLDER, help="folder to make")
@click.option("--mosaic", type=FILE, required=True, help="raster of the whole planet")
@click.option("--craters", type=FILE, required=True, help=".gpkg, .shp, .parquet or .csv")
@click.option("--masks", type=FOLDER, help="folder of mask_NNNN.tif of labelled craters")
@click.option(
    "--body", type=BodyName(), default="Mercury", help="Mercury or Moon; default: Mercury"
)
def new(project: Path, mosaic: Path, craters: Path, masks: Path | None, body: str) -> int:
    """Make a project from your mosaic and craters."""
    from ejmap_project.intake.new_project import new_project

    for note in new_project(project, mosaic=mosaic, craters=craters, masks=masks, body=body):
        click.echo(note)
    click.echo(f"{project / 'project.yaml'} is ready; ejmap run {project}")
    return 0
