"""``ejmap new``: a project from a person's own files."""

from pathlib import Path

import click

from ejmap_cli.command import (
    BANDS,
    BODY_WORDS,
    COLUMNS,
    FILE,
    FOLDER,
    MASKS,
    PAD,
    TILES,
    VALUE_RANGE,
    WEST_POSITIVE,
    BodyName,
    command,
    suggested,
)


@command(
    "new",
    "ejmap new projects/mine --mosaic mosaic.tif --craters craters.gpkg",
    "ejmap new projects/moon --mosaic wac.tif --craters craters.csv --masks masks --body Moon",
    "ejmap new projects/mars --mosaic m.tif --craters c.csv --body Mars:3389.5",
    "ejmap new projects/rgb --mosaic rgb.tif --craters craters.csv --bands rgb",
    "ejmap new projects/km --mosaic m.tif --craters c.csv --column 'radius_m=R_km*1000'",
)
@click.argument("project", type=FOLDER, help="folder to make")
@click.option("--mosaic", type=FILE, required=True, help="raster of the planet")
@click.option("--craters", type=FILE, required=True, help=".gpkg, .shp, .parquet, .csv, .scc ...")
@MASKS
@TILES
@click.option("--body", type=BodyName(), default="Mercury", help=f"{BODY_WORDS}; default: Mercury")
@BANDS
@VALUE_RANGE
@PAD
@WEST_POSITIVE
@COLUMNS
def new(
    project: Path,
    *,
    mosaic: Path,
    craters: Path,
    masks: Path | None,
    tiles: Path | None,
    body: str,
    bands: str | None,
    value_range: tuple[float, float] | None,
    pad: bool,
    west_positive: bool,
    columns: tuple[tuple[str, str], ...],
) -> int:
    """Make a project from your mosaic and craters."""
    from ejmap_project.intake.new_project import new_project

    notes = new_project(
        project,
        mosaic=mosaic,
        craters=craters,
        masks=masks,
        tiles=tiles,
        body=body,
        bands=bands,
        value_range=value_range,
        pad=pad,
        west_positive=west_positive,
        columns=dict(columns),
    )
    for note in notes:
        click.echo(note)
    click.echo(f"{project / 'project.yaml'} is ready; {suggested('ejmap', 'run', project)}")
    return 0
