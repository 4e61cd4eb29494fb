"""How much the members of an ensemble differ about the pattern of a crater."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import is_set
from ejmap_project.analysis.quantities import OF_MEMBERS

Floats = NDArray[np.float64]


class MemberSpread(NamedTuple):
    """How far the members of an ensemble lie apart.

    Attributes:
        quantities: Lowest and highest value of some, columns ``_low`` and ``_high``.
        range_radii: Distances in crater radii, ``(ring,)``.
        lowest: Lowest share of the circle that a member takes for ejecta, ``(ring,)``.
        highest: Highest share.
    """

    quantities: dict[str, float]
    range_radii: Floats
    lowest: Floats
    highest: Floats


def member_spread(
    members: Iterable[NDArray[np.float32]], *, polar: PolarGrid, reach_m: float
) -> MemberSpread:
    """Measure the mask of each member.

    Args:
        members: Probability of each, measured by the border of ejecta, ``(rows, cols)``.
        polar: Grid of the members.
        reach_m: Distance from the centre up to which ejecta are looked for.
    """
    distance_m = polar.range_radii * polar.radius_m
    counts = (distance_m <= reach_m) & (distance_m >= polar.radius_m) & polar.is_on_planet
    share = np.array([is_set(one)[counts].mean(axis=1) for one in members])
    rings_km2 = polar.cell_area_m2[counts] * polar.cols / 1e6
    measured = [_measures(one, rings_km2, distance_m[counts] / 1000) for one in share]
    spread: dict[str, float] = {}
    for name, values in zip(OF_MEMBERS, zip(*measured, strict=True), strict=True):
        known = [value for value in values if not math.isnan(value)]
        spread[f"{name}_low"] = min(known, default=math.nan)
        spread[f"{name}_high"] = max(known, default=math.nan)
    return MemberSpread(spread, polar.range_radii[counts], share.min(axis=0), share.max(axis=0))


def _measures(share: Floats, rings_km2: Floats, distance_km: Floats) -> tuple[float, ...]:
    """Return the quantities ``OF_MEMBERS`` of the share of each ring that is ejecta."""
    area_km2 = share * rings_km2
    total = np.cumsum(area_km2)
    covered = np.flatnonzero(share >= 0.5)
    found = np.flatnonzero(share)
    if not found.size:
        return 0.0, math.nan, math.nan, math.nan, math.nan
    reach_km = np.interp(np.array([0.99, 0.5]) * total[-1], total, distance_km)
    return (
        float(total[-1]),
        float(distance_km[covered[-1]]) if covered.size else math.nan,
        float(distance_km[found[-1]]),
        *(float(one) for one in reach_km),
    )
