"""Labelled tiles of a project and one split of them, as the steps of training write them."""

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from shapely import box

from ejmap_geo.craters.catalogue import Crater
from ejmap_project.paths import ProjectPaths


class LabelledTile(NamedTuple):
    """A tile location: its number, upper row and left column, and what split 0 makes of it.

    The split tests with 1, trains with 0, and does not use -1.
    """

    tile_id: int
    row: int
    col: int
    test: int


def write_labelled_tiles(
    paths: ProjectPaths,
    craters: Sequence[Crater],
    tiles: Sequence[LabelledTile],
    *,
    shape: tuple[int, int],
    crs: CRS,
    planets: Sequence[str] = ("own",),
) -> None:
    """Write the tiles of every crater of every planet, and split 0.

    Args:
        paths: Where they go.
        craters: The craters, the same on every planet.
        tiles: The locations, the same around every crater.
        shape: Height and width of a tile in pixels.
        crs: CRS of the basemap.
        planets: Names of the planets.
    """
    rows = [
        {
            "planet": planet,
            "crater_id": crater.crater_id,
            "tile_id": tile.tile_id,
            "basemap_row": tile.row,
            "basemap_col": tile.col,
            "basemap_height_px": shape[0],
            "basemap_width_px": shape[1],
            "row": 0,
            "col": 0,
            "side_px": 0,
            "distance_m": 1e5,
            "ejecta_px": 0,
            "any_ejecta_px": 0,
            "split_class": min(tile.test, 0),
            "test_0": tile.test,
            "geometry": box(tile.col, -tile.row - shape[0], tile.col + shape[1], -tile.row),
        }
        for planet in planets
        for crater in craters
        for tile in tiles
    ]
    table = gpd.GeoDataFrame(rows, crs=crs).astype({"test_0": "int8"})
    paths.training.mkdir(parents=True)
    table.drop(columns="test_0").to_parquet(paths.labelled_tiles)
    pd.DataFrame(table[["planet", "crater_id", "tile_id", "test_0"]]).to_parquet(paths.splits)
