"""Polar views as files: GeoTIFFs whose columns are azimuths and whose rows are log-ranges."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.rasters.file_stamp import file_stamp
from ejmap_geo.rasters.raster_file import array_raster, opened, whole_raster

INNER, OUTER, OFFSET = "POLAR_INNER_RADII", "POLAR_OUTER_RADII", "POLAR_OFFSET_RADII"
# ZSTD takes half of the time of DEFLATE, to write and to read, and less room.
LAYOUT: Mapping[str, Any] = {
    "driver": "COG",
    "blocksize": 512,
    "compress": "ZSTD",
    "level": 1,
    "predictor": "YES",
    "overview_resampling": "NEAREST",
}


def write_polar_view(
    path: Path,
    values: NDArray[np.float32],
    *,
    polar: PolarGrid,
    band_names: Sequence[str],
    tags: Mapping[str, str],
) -> None:
    """Write a polar view as cloud-optimised GeoTIFF, whole or not at all.

    The file has no CRS: its x is the azimuth in degrees, clockwise from north, its y the natural
    logarithm of range + offset in crater radii, growing from the first row to the last. Tags name
    inner and outer range and offset.

    Args:
        path: File to write.
        values: ``(band, rows, cols)`` on ``polar``.
        polar: Grid of ``values``.
        band_names: One description a band.
        tags: Text kept inside the file by name, such as what it was made from.

    Raises:
        RasterError: If ``values`` do not have the shape of the grid, or a band lacks a name.
    """
    if values.shape != (len(band_names), *polar.shape):
        raise RasterError(
            f"values must be {(len(band_names), *polar.shape)} (a name a band, rows and columns of "
            f"the polar view), got {values.shape}"
        )
    start = math.log(polar.inner_radii + polar.offset_radii)
    transform = Affine(360 / polar.cols, 0, 0, 0, polar.log_step, start)
    # A float's repr reads back as the same float.
    ranges = {INNER: polar.inner_radii, OUTER: polar.outer_radii, OFFSET: polar.offset_radii}
    with whole_raster(path) as unfinished, array_raster(values, transform) as raster:
        for number, name in enumerate(band_names, start=1):
            raster.set_band_description(number, name)
        raster.update_tags(
            **file_stamp(), **tags, **{name: repr(float(value)) for name, value in ranges.items()}
        )
        rasterio.shutil.copy(raster, unfinished, **LAYOUT)


def read_polar_view(
    path: Path, *, body: Body, center: LonLat, radius_m: float
) -> tuple[dict[str, NDArray[np.float32]], PolarGrid]:
    """Read a polar view about a crater.

    Args:
        path: File of :func:`write_polar_view`.
        body: The planet.
        center: Centre of the crater.
        radius_m: Radius of its rim.

    Returns:
        The bands ``(rows, cols)`` by name, in their order, and their grid.

    Raises:
        RasterError: If the file is missing or no polar view.
    """
    with opened(path) as raster:
        tags, values, names = raster.tags(), raster.read(), raster.descriptions
    lacking = [name for name in (INNER, OUTER, OFFSET) if name not in tags]
    if lacking or not all(names):
        raise RasterError(
            f"{path} is no polar view: it lacks {', '.join(lacking) or 'names of bands'}; make it "
            "again"
        )
    grid = PolarGrid(
        body=body,
        center=center,
        radius_m=radius_m,
        rows=values.shape[1],
        cols=values.shape[2],
        inner_radii=float(tags[INNER]),
        outer_radii=float(tags[OUTER]),
        offset_radii=float(tags[OFFSET]),
    )
    return dict(zip(names, values, strict=True)), grid
