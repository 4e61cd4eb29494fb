"""Rasters of any quantity and resolution on the planet, read where a crater's surroundings lie.

They pass the same door as a mosaic (planet, projection, place, nodata, scale), but keep their own
pixels and their own numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window as FileWindow

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.rasters.greys import STRIP_ROWS, is_measured
from ejmap_geo.rasters.memory import require_memory
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.rasters.raster_place import RasterPlace, mosaic_place
from ejmap_geo.rasters.stated_bands import stated_bands

_ANY_VALUE = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredBand:
    """A band of a raster in the numbers that it means.

    Attributes:
        values: ``(rows, cols)`` as they lie in the file, NaN where nothing was measured.
        place: Where they lie.
    """

    values: NDArray[np.float32]
    place: RasterPlace

    def at(self, lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the value of the nearest pixel; NaN beyond the raster.

        Args:
            lon_deg: Longitudes from -180 to 180, of any shape.
            lat_deg: Latitudes, of the same shape.
        """
        window, cols = self.place.window, self.place.grid.width_px
        row, col = self.place.grid.pixels(lon_deg, lat_deg)
        row, col = row - window.row, (col - window.col) % cols
        is_inside = (row >= 0) & (row < window.height) & (col < window.width)
        if self.place.is_south_up:
            row = window.height - 1 - row
        if self.place.is_mirrored:
            col = window.width - 1 - col
        found = self.values[np.where(is_inside, row, 0), np.where(is_inside, col, 0)]
        return np.where(is_inside, found, np.float32(np.nan))


def measured_bands(path: Path, *, body: Body, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the bands of a raster after checking that it lies on the planet.

    Args:
        path: The file.
        body: The planet.
        names: Names that a person gives its bands; else the file's own, or their numbers.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If it is no raster, does not fit the planet, or has another number of bands.
    """
    with opened(path) as raster:
        what = path.name
        mosaic_place(raster, body=body, what=what, pad=True)
        stated = stated_bands(raster, what=what, is_image=False)
        if names and len(names) != len(stated):
            raise RasterError(
                f"{what} has {len(stated)} band(s), but {len(names)} are named "
                f"({', '.join(names)}); name each"
            )
        described = (raster.descriptions[band.number - 1] for band in stated)
        numbered = [f"band {at}" for at in range(1, len(stated) + 1)]
        found = [name or number for name, number in zip(described, numbered, strict=True)]
    if names:
        return tuple(names)
    return tuple(found if len({*found}) == len(found) else numbered)


def read_measured(path: Path, *, index: int, body: Body) -> MeasuredBand:
    """Read a band: stored numbers x scale + offset.

    Args:
        path: The file.
        index: Number of the band among those that are measurements, from 0.
        body: The planet.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If it is no raster, does not fit the planet, or is larger than the memory.
    """
    with opened(path) as raster:
        place = mosaic_place(raster, body=body, what=path.name, pad=True)
        band = stated_bands(raster, what=path.name, is_image=False)[index]
        rows, cols = raster.shape
        require_memory((1, rows, cols), itemsize=np.float32().itemsize, what=path.name)
        values = np.full((rows, cols), np.nan, np.float32)
        for first in range(0, rows, STRIP_ROWS):
            window = FileWindow.from_slices((first, min(first + STRIP_ROWS, rows)), (0, cols))
            stored = raster.read(band.number, window=window)
            known = is_measured(raster, band, stored, window, value_range=_ANY_VALUE)
            scaled = stored[known].astype(np.float64) * band.scale + band.offset
            values[first : first + len(stored)][known] = scaled
    return MeasuredBand(values=values, place=place)
