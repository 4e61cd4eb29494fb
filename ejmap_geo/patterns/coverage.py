"""Coverage: the share of a circle about a crater that is ejecta, by distance."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.patterns.ring_sums import RingSums

HALF = 0.5
# The slope is taken over so much of the distance on either side of the crossing.
SLOPE_SHARE = 0.1


class Coverage(NamedTuple):
    """Where the coverage falls below one half for good.

    Attributes:
        radius_m: The farthest distance at which half of the circle is ejecta; NaN if there is none.
        slope: Change of the coverage with the logarithm of distance there, a share for each
            e-folding; below 0.
    """

    radius_m: float
    slope: float


def coverage_curve(sums: RingSums) -> NDArray[np.float64]:
    """Return the share of the imaged part of each ring that is ejecta, ``(ring,)``.

    NaN where nothing was imaged. A ring one pixel wide is a circle: its share of area is that of
    azimuth.
    """
    share = np.full(sums.imaged_px.size, np.nan)
    np.divide(sums.ejecta_px, sums.imaged_px, out=share, where=sums.imaged_px > 0)
    return share


def coverage(sums: RingSums) -> Coverage:
    """Return where the coverage falls below one half, and how fast."""
    share = coverage_curve(sums)
    at = (np.arange(share.size) + 0.5)[~np.isnan(share)]
    known = share[~np.isnan(share)]
    above = np.flatnonzero(known >= HALF)
    if not above.size:
        return Coverage(math.nan, math.nan)
    last = int(above[-1])
    if last + 1 == known.size:
        # Ejecta reach the edge of what was looked at.
        return Coverage((at[last] + 0.5) * sums.resolution_m, math.nan)
    part = (known[last] - HALF) / (known[last] - known[last + 1])
    radius_px = at[last] + part * (at[last + 1] - at[last])
    near, far = (np.interp(radius_px * (1 + one), at, known) for one in (-SLOPE_SHARE, SLOPE_SHARE))
    span = math.log((1 + SLOPE_SHARE) / (1 - SLOPE_SHARE))
    return Coverage(radius_px * sums.resolution_m, float(far - near) / span)
