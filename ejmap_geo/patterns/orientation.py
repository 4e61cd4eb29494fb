"""Orientation of ejecta: which of them point away from their crater.

Directions come from the structure tensor (Bigun & Granlund 1987) of the mask in a conformal polar
view, in which a streak that points away from the crater runs along a column.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from ejmap_geo.patterns.polar_mask import PolarMask

# In degrees of azimuth, and of a row, which is as high as wide.
GRADIENT_DEG, AVERAGED_DEG = 0.5, 1.5
LEAST_COHERENCE = 0.5
MOST_TURNED_DEG = 15.0


class Orientation(NamedTuple):
    """Directions of ejecta in a polar view.

    Attributes:
        is_directed: Ejecta whose edges run one way, ``(row, col)``.
        turned_deg: Angle between them and the direction away from the crater, -90 to 90, clockwise
            as seen from above; meaningless elsewhere.
    """

    is_directed: NDArray[np.bool_]
    turned_deg: NDArray[np.float32]

    @property
    def is_off_centre(self) -> NDArray[np.bool_]:
        """Where directed ejecta do not point away from the crater, ``(row, col)``."""
        return self.is_directed & (np.abs(self.turned_deg) > MOST_TURNED_DEG)


def orientation(polar: PolarMask) -> Orientation:
    """Return the local direction of ejecta."""
    cells_per_deg = polar.cols / 360
    mask = polar.is_ejecta.astype(np.float32)
    sigma = GRADIENT_DEG * cells_per_deg
    outwards = _smoothed(mask, sigma, orders=(1, 0))
    around = _smoothed(mask, sigma, orders=(0, 1))
    averaged = AVERAGED_DEG * cells_per_deg
    rr, aa, ra = (
        _smoothed(product, averaged, orders=(0, 0))
        for product in (outwards**2, around**2, outwards * around)
    )
    whole = rr + aa
    coherence = np.hypot(aa - rr, 2 * ra) / np.maximum(whole, 1e-12)
    # The gradient lies across the streak; it turns the other way round, since rows grow outwards.
    turned_deg = -np.degrees(0.5 * np.arctan2(2 * ra, aa - rr))
    is_directed = polar.is_ejecta & (coherence >= LEAST_COHERENCE) & (whole > 1e-6)
    return Orientation(is_directed, turned_deg.astype(np.float32))


def _smoothed(
    values: NDArray[np.float32], sigma: float, *, orders: tuple[int, int]
) -> NDArray[np.float32]:
    """Return a Gaussian-weighted mean, or derivative along rows or columns; azimuth is a ring."""
    along = gaussian_filter1d(values, sigma, axis=0, order=orders[0], mode="nearest")
    around = gaussian_filter1d(along, sigma, axis=1, order=orders[1], mode="wrap")
    return np.asarray(around, np.float32)


def off_centre_share(found: Orientation, polar: PolarMask, *, from_m: float) -> float:
    """Return the share of the directed ejecta beyond a distance that do not point to the centre.

    Shares are of the area on the sphere; NaN if no ejecta have a direction.
    """
    rows = slice(polar.first_row(from_m), None)
    area_m2 = polar.cell_m2[rows]
    directed = float(found.is_directed[rows].sum(axis=1) @ area_m2)
    off = float(found.is_off_centre[rows].sum(axis=1) @ area_m2)
    return off / directed if directed else math.nan
