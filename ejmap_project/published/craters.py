"""Craters of a published folder: the shapefile of rims, and how far each was looked at."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError

from ejmap_geo.craters.catalogue import catalogue_of
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.tables.numbers import to_numbers
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.grid import published_half_px
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.squares import read_mapping_squares

OURS = {
    "crat_FID": "crater_id",
    "center_lon": "lon_deg",
    "center_lat": "lat_deg",
    "radius": "radius_m",
    "train": "labelled",
}
NAME_COLUMN = "name"
# Tiles farther than this share of half the circumference were left out, but for a few craters.
DEFAULT_REACH = 0.25


def read_craters(
    published: PublishedFolder, *, body: Body, basemap: BasemapGrid | None = None
) -> gpd.GeoDataFrame:
    """Read the craters as a catalogue, with rim polygons as geometry.

    Args:
        published: The folder.
        body: The planet.
        basemap: Grid of the mosaic. With it each crater reaches as far as its mapping tiles do, and
            those without mapping tiles as far as the published ones did by default.

    Returns:
        A catalogue like that of :func:`ejmap_geo.craters.catalogue.read_catalogue`.

    Raises:
        CatalogueError: If columns do not hold what they should.
        CrsError: If the rims have no CRS or another planet's.
        SourceError: If the shapefile is missing or cannot be read.
    """
    path = _required(published)
    try:
        table = gpd.read_file(path)
    except (DataSourceError, DataLayerError, ValueError, OSError) as error:
        raise SourceError(f"{path} cannot be read as a shapefile ({error})") from error
    missing = [column for column in OURS if column not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns))
        raise SourceError(
            f"{path} has no column {', '.join(missing)}; found {found}; take the published file"
        )
    names = {column: NAME_COLUMN for column in table.columns if column.lower() == NAME_COLUMN}
    ours = table.rename(columns={**OURS, **names})
    if basemap is not None:
        ours["reach_m"] = _reaches_m(published, ours, basemap)
    return catalogue_of(ours, body=body, what=f"crater table {path.name}")


def _required(published: PublishedFolder) -> Path:
    path = published.file(layout.CRATERS)
    if path is None:
        raise SourceError(
            f"{published.folder} holds no craters, so that there is nothing to map or to train "
            f"for; put {layout.CRATERS.template} (with its .dbf, .shx and .prj) and a mosaic of "
            "them into it (or give --mosaic), or copy its results/ beside a data/ that holds them"
        )
    return path


def _reaches_m(
    published: PublishedFolder, table: pd.DataFrame, basemap: BasemapGrid
) -> list[float]:
    there = {int(key[0]) for key in published.found(layout.MAPPING_SQUARES)}
    half_m = basemap.body.half_circumference_m
    known_m = {one: _tiles_reach_m(published, one, basemap) for one in there}
    return [
        min(known_m.get(crater_id, DEFAULT_REACH * half_m), half_m)
        for crater_id in to_numbers(table["crater_id"]).tolist()
    ]


def _tiles_reach_m(published: PublishedFolder, crater_id: int, basemap: BasemapGrid) -> float:
    squares = read_mapping_squares(published, crater_id, basemap=basemap)
    near = squares[["x", "y"]].to_numpy(np.int64) - published_half_px(basemap)
    far = near + squares[["side_px"]].to_numpy(np.int64)
    farthest_px = max(int(np.abs(edges).max(initial=1)) for edges in (near, far))
    return farthest_px * basemap.resolution_m
