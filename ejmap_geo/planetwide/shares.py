"""Shares of ejecta by latitude and longitude, and densities of craters, on the sphere."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import pixel_area_m2

STRIP_ROWS = 512
# Whether each pixel of some rows is imaged, and how many craters claim it, ``(rows, cols)`` each.
ReadPlanet = Callable[[int, int], tuple[NDArray[np.bool_], NDArray[np.unsignedinteger]]]


class Cells(NamedTuple):
    """Bins of latitude from south to north, and of longitude from -180 degrees eastwards.

    Attributes:
        lat_deg: Edges of the bins of latitude.
        lon_deg: Edges of the bins of longitude.
    """

    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]

    @classmethod
    def of_steps(cls, *, lat_deg: int, lon_deg: int) -> "Cells":
        """Return equal steps that fill the planet."""
        return cls(
            np.arange(-90.0, 90.1, lat_deg),
            np.arange(-180.0, 180.1, lon_deg),
        )


class AreaByCell(NamedTuple):
    """Areas on the sphere by cell, square metres, ``(latitude, longitude)`` each.

    Attributes:
        surface: All of it.
        imaged: What the mosaic shows.
        ejecta: Imaged ground that at least one crater claims.
        overlap: Imaged ground that at least two craters claim.
    """

    surface: NDArray[np.float64]
    imaged: NDArray[np.float64]
    ejecta: NDArray[np.float64]
    overlap: NDArray[np.float64]


class Density(NamedTuple):
    """Craters by area, with the 95 % interval of a Poisson count, each ``(bin,)``.

    Attributes:
        craters: Number of craters.
        low: Lower end of the interval of the number.
        high: Its upper end.
    """

    craters: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def area_by_cell(read: ReadPlanet, cells: Cells, *, basemap: BasemapGrid) -> AreaByCell:
    """Sum the areas of pixels by the cell in which their centre lies.

    Args:
        read: Returns what is in some rows, given the first and the one after the last.
        cells: The bins.
        basemap: The whole grid.
    """
    rows, cols = basemap.shape
    lat_deg = 90 - (np.arange(rows) + 0.5) * 180 / rows
    lon_deg = (np.arange(cols) + 0.5) * 360 / cols - 180
    of_row = np.clip(np.digitize(lat_deg, cells.lat_deg) - 1, 0, cells.lat_deg.size - 2)
    of_col = np.clip(np.digitize(lon_deg, cells.lon_deg) - 1, 0, cells.lon_deg.size - 2)
    starts = np.searchsorted(of_col, np.arange(cells.lon_deg.size - 1))
    sums = np.zeros((4, cells.lat_deg.size - 1, cells.lon_deg.size - 1))
    for top in range(0, rows, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, rows)
        window = Window(row=top, col=0, height=bottom - top, width=cols)
        is_imaged, claims = read(top, bottom)
        layers = (np.ones_like(is_imaged), is_imaged, is_imaged & (claims > 0))
        area_m2 = pixel_area_m2(basemap, window)[:, None]
        for index, layer in enumerate((*layers, is_imaged & (claims > 1))):
            counts = np.add.reduceat(layer.astype(np.int32), starts, axis=1)
            np.add.at(sums[index], of_row[top:bottom], counts * area_m2)
    return AreaByCell(*sums)


def density(craters: Iterable[Crater], edges: NDArray[np.float64], *, by: str) -> Density:
    """Count crater centres by latitude or longitude.

    Args:
        craters: The craters.
        edges: Edges of the bins in degrees.
        by: ``latitude`` or ``longitude``.
    """
    centers = [one.center for one in craters]
    at = [(one.lat_deg if by == "latitude" else (one.lon_deg + 180) % 360 - 180) for one in centers]
    counts = np.histogram(at, edges)[0]
    # Garwood (1936): the exact interval of a Poisson mean.
    low = np.where(counts > 0, chi2.ppf(0.025, 2 * np.maximum(counts, 1)) / 2, 0.0)
    return Density(counts, low, chi2.ppf(0.975, 2 * counts + 2) / 2)
