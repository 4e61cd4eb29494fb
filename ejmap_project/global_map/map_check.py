"""Whether the rasters of the map agree with each other and with the catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import NODATA, SEVERAL
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.rasters.raster_check import read_glance
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.open_project import OpenProject

STRIP_ROWS = 512


class MapAgreement(NamedTuple):
    """How well the rasters of the map agree.

    Attributes:
        grid: Grid of the mosaic, which they cover.
        covered_share: Share of the pixels that some crater claims.
        conflicts_px: Pixels whose label disagrees with the number of claims.
        strange_ids: Labels that are in no catalogue.
    """

    grid: BasemapGrid
    covered_share: float
    conflicts_px: int
    strange_ids: list[int]


def map_agreement(project: OpenProject) -> MapAgreement:
    """Compare the rasters of the map pixel by pixel.

    Raises:
        GeoError: If one of them cannot be read, or does not cover the mosaic.
    """
    paths = project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
    for path, dtype, bands in (
        (paths.label_map, "uint16", 1),
        (paths.overlap_count, "uint16", 1),
        (paths.composite, "uint8", 4),
    ):
        read_glance(path, grid, dtype=dtype, bands=bands, max_side_px=STRIP_ROWS)
    known = {crater.crater_id for crater in project.craters().values()}
    strange: set[int] = set()
    conflicts = covered = 0
    for labels, overlaps in _strips((paths.label_map, paths.overlap_count), grid):
        code = np.where(overlaps == 0, NODATA, np.where(overlaps > 1, SEVERAL, 0))
        is_one = overlaps == 1
        conflicts += int(np.count_nonzero((labels != code) & ~is_one))
        covered += int(np.count_nonzero(overlaps))
        strange |= set(np.unique(labels[is_one]).tolist()) - known
    return MapAgreement(grid, covered / (grid.shape[0] * grid.shape[1]), conflicts, sorted(strange))


def _strips(
    paths: tuple[Path, Path], grid: BasemapGrid
) -> Iterator[tuple[NDArray[np.uint16], NDArray[np.uint16]]]:
    """Yield both rasters in strips of rows: whole rasters of the published size fill a gigabyte."""
    with opened(paths[0]) as labels, opened(paths[1]) as overlaps:
        for top in range(0, grid.shape[0], STRIP_ROWS):
            yield _strip(labels, top), _strip(overlaps, top)


def _strip(raster: rasterio.DatasetReader, top: int) -> NDArray[np.uint16]:
    height = min(STRIP_ROWS, raster.height - top)
    return raster.read(1, window=((top, top + height), (0, raster.width)))
