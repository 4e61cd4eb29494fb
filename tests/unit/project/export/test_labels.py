"""Tiles that published tables cannot hold are left out and counted."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_project.export.export import Export
from ejmap_project.export.labels import export_tiles, published_squares
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout


@pytest.fixture
def export(project: OpenProject, tmp_path: Path) -> Export:
    """An export of the project that is being written."""
    return Export(
        project=project,
        craters=tuple(project.craters().values()),
        basemap=basemap_grid_of(project.paths.basemap_mosaic, body=MERCURY),
        names=PublishedNames.of(project),
        scratch=tmp_path / "scratch",
        target=tmp_path / "target",
        force=False,
        tell=lambda _: None,
    )


def test_the_outermost_ring_of_a_whole_planet_is_left_out(export: Export) -> None:
    """Our raster has 180 px to each side where the published one has 179."""
    crater = replace(export.craters[0], reach_m=MERCURY.half_circumference_m)
    rows = pd.DataFrame(
        {"tile_id": [0, 1, 2, 3], "row": [0, 1, 1, 40], "col": [5, 1, 328, 50], "side_px": 32}
    )

    squares = published_squares(export, crater, rows)

    # 1 + 32 ends at 33 of 358; 328 + 32 = 360 is one past the published edge at 359.
    assert squares.index.tolist() == [1, 3]
    assert squares.loc[1].tolist() == [0, 0, 32, 32]
    assert squares.loc[3].tolist() == [39, 49, 32, 32]


def test_tiles_across_the_antimeridian_are_left_out(
    export: Export, tmp_path: Path, project: OpenProject
) -> None:
    """The published programs cut them out of an array that ends there."""
    labelled = gpd.read_parquet(project.paths.labelled_tiles)
    count = len(labelled)
    labelled.loc[0, "basemap_col"] = 350
    other = OpenProject(settings=project.settings, paths=type(project.paths)(tmp_path / "p"))
    other.paths.training.mkdir(parents=True)
    labelled.to_parquet(other.paths.labelled_tiles)

    notes = export_tiles(replace(export, project=other))

    table = pd.read_csv(layout.LABELLED_TILES.path(export.scratch))
    assert len(table) == count - 1
    assert notes == ["1 labelled tiles across the antimeridian: published tables cannot hold them"]
