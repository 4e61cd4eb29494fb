"""Ejecta beside the ground at equal distance from their crater, with intervals from sectors.

What changes with distance for both, light and terrain for example, cancels: each row of a polar
view compares its ejecta with its other ground, and rows count by the area of their ejecta. Errors
of neighbouring pixels are alike, so the interval comes from leaving out one sector of azimuth after
another (delete-one-group jackknife; Tukey 1958).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from ejmap_geo.patterns.polar_mask import PolarCells

SECTORS = 8
# Fewer sectors with ejecta and ground have no interval.
LEAST_SECTORS = 3

Floats = NDArray[np.float64]


class SectorSums(NamedTuple):
    """Sums over the cells of each row and sector, ``(row, sector)`` each.

    Attributes:
        ejecta: Sum of the values on ejecta.
        ejecta_cells: Number of these cells.
        beside: Sum of the values on other ground.
        beside_cells: Number of these cells.
        cell_m2: Area of a cell, ``(row,)``.
    """

    ejecta: Floats
    ejecta_cells: Floats
    beside: Floats
    beside_cells: Floats
    cell_m2: Floats


class AtEqualDistance(NamedTuple):
    """Means over the ejecta of some rows and over the ground beside them, equally weighted by row.

    Attributes:
        ejecta: Mean on ejecta; NaN if there are none with ground beside them.
        beside: Mean on other ground.
        difference: ``ejecta`` less ``beside``.
        low: Lower end of the 95 % interval of the difference; NaN with too few sectors.
        high: Upper end.
        area_m2: Area of the ejecta that were compared.
    """

    ejecta: float
    beside: float
    difference: float
    low: float
    high: float
    area_m2: float


def sector_sums(
    values: NDArray[np.floating],
    is_ejecta: NDArray[np.bool_],
    is_ground: NDArray[np.bool_],
    *,
    cells: PolarCells,
) -> SectorSums:
    """Sum a field by row and sector; its cells without a number count nowhere.

    Args:
        values: ``(row, col)`` of ``cells``, NaN where nothing was measured.
        is_ejecta: Ejecta of the crater, of the same shape.
        is_ground: What they are compared with, of the same shape.
        cells: Places of the cells; their columns fill the sectors evenly.
    """
    is_known = ~np.isnan(values)
    known = np.where(is_known, values, 0.0)
    on, off = is_ejecta & is_known, is_ground & is_known
    return SectorSums(
        ejecta=_by_sector(known * on),
        ejecta_cells=_by_sector(on),
        beside=_by_sector(known * off),
        beside_cells=_by_sector(off),
        cell_m2=cells.cell_m2,
    )


def at_equal_distance(sums: SectorSums, rows: slice) -> AtEqualDistance:
    """Compare the ejecta of some rows with the ground beside them.

    Args:
        sums: From :func:`sector_sums`.
        rows: The rows.
    """
    part = SectorSums(*(one[rows] for one in sums))
    everything = np.ones(SECTORS, np.bool_)
    ejecta, beside, area_m2 = _means(part, everything)
    has_any = ((part.ejecta_cells > 0) & (part.beside_cells.sum(axis=1) > 0)[:, None]).any(axis=0)
    low, high = _interval(part, np.flatnonzero(has_any), ejecta - beside)
    return AtEqualDistance(ejecta, beside, ejecta - beside, low, high, area_m2)


def _interval(part: SectorSums, sectors: NDArray[np.intp], whole: float) -> tuple[float, float]:
    """Return the interval of a difference from what each sector but one says."""
    count = len(sectors)
    if count < LEAST_SECTORS:
        return math.nan, math.nan
    left_out: list[float] = []
    for sector in sectors:
        ejecta, beside, _ = _means(part, np.arange(SECTORS) != sector)
        left_out.append(ejecta - beside)
    found = np.array(left_out)
    if np.isnan(found).any():
        return math.nan, math.nan
    error = math.sqrt((count - 1) / count * float(((found - found.mean()) ** 2).sum()))
    reach = float(t.ppf(0.975, count - 1)) * error
    return whole - reach, whole + reach


def _means(part: SectorSums, kept: NDArray[np.bool_]) -> tuple[float, float, float]:
    ejecta, ejecta_cells, beside, beside_cells = (one[:, kept].sum(axis=1) for one in part[:4])
    both = (ejecta_cells > 0) & (beside_cells > 0)
    area_m2 = ejecta_cells[both] * part.cell_m2[both]
    total = float(area_m2.sum())
    if total == 0:
        return math.nan, math.nan, 0.0
    of_ejecta = float(ejecta[both] / ejecta_cells[both] @ area_m2) / total
    return of_ejecta, float(beside[both] / beside_cells[both] @ area_m2) / total, total


def _by_sector(values: NDArray[np.generic]) -> Floats:
    rows, cols = values.shape
    return values.reshape(rows, SECTORS, cols // SECTORS).sum(axis=2, dtype=np.float64)
