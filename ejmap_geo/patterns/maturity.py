"""Optical maturity of lunar soil from reflectance at 750 and 950 nm.

Lucey et al. (2000, J. Geophys. Res. 105, 20377): OMAT = sqrt((R750 - x0)^2 + (R950 / R750 - y0)^2)
with x0 = 0.08 and y0 = 1.19. Fresh soil has high values. The constants hold for the Moon alone.
"""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError

DARKEST, STEEPEST = 0.08, 1.19


def optical_maturity(r750: NDArray[np.float32], r950: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return OMAT; NaN where a reflectance is missing or not above 0.

    Args:
        r750: Reflectance at 750 nm, 0 to 1, of any shape.
        r950: Reflectance at 950 nm, of the same shape.

    Raises:
        RasterError: If the numbers are no reflectance: half of them are above 1 or below 0.
    """
    for name, values in (("750", r750), ("950", r950)):
        known = values[~np.isnan(values)]
        middle = float(np.median(known)) if known.size else 0.5
        if not 0 < middle < 1:
            raise RasterError(
                f"the band of {name} nm has the median {middle:g}, but reflectance lies between 0 "
                "and 1; state its scale in the file (gdal_edit.py -scale)"
            )
    is_lit = (r750 > 0) & (r950 > 0)
    ratio = np.divide(r950, r750, out=np.full_like(r750, np.nan), where=is_lit)
    found = np.hypot(r750 - np.float32(DARKEST), ratio - np.float32(STEEPEST))
    return np.where(is_lit, found, np.float32(np.nan)).astype(np.float32)
