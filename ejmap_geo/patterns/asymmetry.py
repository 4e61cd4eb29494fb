"""Asymmetry of ejecta over azimuth: the zone of avoidance, and what it says about the impact.

Oblique impacts throw little or nothing backwards (Herrick & Forsberg-Taylor 2003, on the Moon:
below 45 degrees above the horizon ejecta are asymmetric, below 25 a zone before the crater stays
free, below 10 they form two wings).
"""

import math
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from ejmap_geo.patterns.polar_mask import PolarMask
from ejmap_geo.patterns.ring_sums import NO_VECTOR, azimuth_deg

# Where ejecta are compared: what lies farther are single rays, and few of them.
NEAR_RADII, FAR_RADII = 1.2, 8.0
SMOOTHED_DEG = 10.0
NARROWEST_DEG, WIDEST_DEG = 20.0, 250.0
# Limits found on drawn impacts of the generator: 95 of 100 oblique ones pass, 3 of 100 others do.
LEAST_EXPLAINED, MOST_LEFT = 0.7, 0.5
# Masks of a model fill a part of the zone. Probability and light are asked together, closer to the
# crater, where blankets are likely and bright. Limits found on eight synthetic planets (9300 to
# 9307) as ready_grey maps them: 52 of 100 oblique impacts pass, 13 of 284 others do.
LIKELY_RADII, LIGHT_RADII, MOST_SPREADS = 4.0, 2.0, 3.0
JOINTLY_EXPLAINED, MOST_LEFT_OF_LIKELY = 0.7, 0.7
# Of ejecta that fill one side only the first harmonic is 0.64, of two wings the second is.
ASYMMETRIC, TWO_WINGS = 0.25, 0.4
LEAST_IMAGED = 0.8

Floats = NDArray[np.float64]


class ImpactClass(Enum):
    """What the pattern says about the angle of the impact above the horizon."""

    SYMMETRIC = "no asymmetry found"
    ASYMMETRIC = "asymmetric, below 45 degrees"
    AVOIDANCE = "zone of avoidance, below 25 degrees"
    BUTTERFLY = "two wings, below 10 degrees"
    NOT_TOLD = "not told: too little ejecta or imagery"


class Gap(NamedTuple):
    """The sector of azimuth that differs most from the rest by having fewer ejecta.

    Attributes:
        azimuth_deg: Its middle, clockwise from north.
        width_deg: Its width.
        explained: Share of the variance over azimuth that it explains, 0 to 1.
        left: Mean extent of ejecta in it over that outside, 0 to 1.
    """

    azimuth_deg: float
    width_deg: float
    explained: float
    left: float


class Asymmetry(NamedTuple):
    """How ejecta are spread over azimuth.

    Attributes:
        dipole: Amplitude of the first harmonic, 0 (even) to 1 (one direction); NaN without ejecta.
        dipole_deg: Azimuth of its maximum; NaN where it has no amplitude.
        quadrupole: Amplitude of the second harmonic; NaN without ejecta.
        quadrupole_deg: Azimuth of its axis, 0 to 180; NaN where it has no amplitude.
        empty_deg: Width of the longest run of azimuths without any ejecta.
        gap: The sector with the fewest ejecta; None if they are the same all around.
        joint_gap: The sector with the least likely ejecta and light together; its ``left`` is that
            of the likely ejecta, NaN if there are none outside of it. None if both are the same all
            around, or no ejecta are likely anywhere.
        zone: The zone of avoidance; None where none is told.
        downrange_deg: Direction in which the impactor flew; NaN where no zone tells it.
        impact_class: What it says about the angle.
    """

    dipole: float
    dipole_deg: float
    quadrupole: float
    quadrupole_deg: float
    empty_deg: float
    gap: Gap | None
    joint_gap: Gap | None
    zone: Gap | None
    downrange_deg: float
    impact_class: ImpactClass


def asymmetry(polar: PolarMask, *, radius_m: float) -> Asymmetry:
    """Measure how ejecta between 1.2 and 8 radii are spread over azimuth.

    The extent of ejecta in an azimuth is their length in the logarithm of distance, cut off at the
    median over azimuths, so that single rays count no more than a continuous blanket. Where
    probabilities are known, or a sure mask tells no zone, two witnesses are added up, each in
    standard deviations over azimuth: the sum of probabilities between 1.2 and 4 radii, and light,
    which is how much brighter an azimuth is between 1.2 and 2 radii than the circle at equal
    distance.

    Args:
        polar: The ejecta, their probability, and the mosaic.
        radius_m: Rim radius.
    """
    rows = slice(polar.first_row(NEAR_RADII * radius_m), polar.first_row(FAR_RADII * radius_m))
    near = polar.is_ejecta[rows]
    extent = near.sum(axis=0).astype(np.float64)
    limit = float(np.median(extent))
    capped = np.minimum(extent, limit) if limit > 0 else extent
    first, second = (_harmonic(capped, polar.azimuth_deg, order) for order in (1, 2))
    gap = find_gap(capped)
    joint_gap = _joint_gap(polar, radius_m=radius_m)
    zone = _zone(gap if polar.is_sure else None, joint_gap)
    is_told = limit > 0 and polar.is_imaged[rows].mean() >= LEAST_IMAGED
    found = _class_of(zone, abs(first), abs(second)) if is_told else ImpactClass.NOT_TOLD
    told = zone if found is ImpactClass.AVOIDANCE else None
    return Asymmetry(
        dipole=abs(first),
        dipole_deg=azimuth_deg(first),
        quadrupole=abs(second),
        quadrupole_deg=azimuth_deg(second) / 2,
        empty_deg=_longest_run(extent == 0) * 360 / polar.cols,
        gap=gap,
        joint_gap=joint_gap,
        zone=told,
        downrange_deg=(told.azimuth_deg + 180) % 360 if told else math.nan,
        impact_class=found,
    )


def find_gap(extent: Floats) -> Gap | None:
    """Return the sector that explains most of the variance of an extent over azimuth.

    A step function with one lower sector is fitted by least squares for every middle and width.

    Args:
        extent: Any measure by azimuth, ``(col,)``, column 0 clockwise from north.
    """
    cols = extent.size
    smooth = uniform_filter1d(extent, max(1, round(SMOOTHED_DEG * cols / 360)), mode="wrap")
    variance = float(np.var(smooth)) * cols
    if variance <= 1e-12 * max(float(smooth.max()), 1.0) ** 2:
        return None
    total = float(smooth.sum())
    running = np.concatenate([[0.0], np.cumsum(np.concatenate([smooth, smooth]))])
    best = Gap(math.nan, math.nan, -1.0, math.nan)
    for width in range(*(round(deg * cols / 360) for deg in (NARROWEST_DEG, WIDEST_DEG, 1))):
        inside = (running[width : width + cols] - running[:cols]) / width
        outside = (total - inside * width) / (cols - width)
        explained = width * (cols - width) / cols * (outside - inside) ** 2 / variance
        first = int(np.argmax(np.where(inside < outside, explained, -1.0)))
        if explained[first] > best.explained and inside[first] < outside[first]:
            azimuth_deg = (first + width / 2) * 360 / cols % 360
            left = max(float(inside[first] / outside[first]), 0.0)
            best = Gap(azimuth_deg, width * 360 / cols, float(explained[first]), left)
    return best if best.explained >= 0 else None


def _joint_gap(polar: PolarMask, *, radius_m: float) -> Gap | None:
    """Return the sector with the least likely ejecta and light together."""
    rows = slice(polar.first_row(NEAR_RADII * radius_m), polar.first_row(LIKELY_RADII * radius_m))
    likely = polar.probability[rows].sum(axis=0, dtype=np.float64)
    if not likely.any():
        return None
    both = _in_spreads(likely) + _in_spreads(_light(polar, radius_m=radius_m))
    gap = find_gap(both - both.min())
    if gap is None:
        return None
    away_deg = np.abs((polar.azimuth_deg - gap.azimuth_deg + 180) % 360 - 180)
    inside = away_deg <= gap.width_deg / 2
    outside = float(likely[~inside].mean())
    return gap._replace(left=float(likely[inside].mean()) / outside if outside else math.nan)


def _in_spreads(values: Floats) -> Floats:
    """Return what lies above the mean in standard deviations; 0 where all is the same."""
    above, spread = values - values.mean(), float(values.std())
    return above / spread if spread > 1e-9 * max(float(np.abs(values).max()), 1.0) else 0 * above


def _light(polar: PolarMask, *, radius_m: float) -> Floats:
    """Return light by azimuth in its robust spreads; 0 everywhere where all is equally bright."""
    rows = slice(polar.first_row(NEAR_RADII * radius_m), polar.first_row(LIGHT_RADII * radius_m))
    seen, bright = polar.is_imaged[rows], polar.brightness[rows].astype(np.float64)
    known = np.where(seen, bright, np.nan)[seen.any(axis=1)]
    if not known.size:
        return np.zeros(polar.cols)
    above = known - np.nanmedian(known, axis=1, keepdims=True)
    spread = 1.4826 * float(np.nanmedian(np.abs(above)))
    if spread <= 0:
        return np.zeros(polar.cols)
    # Slopes towards the sun and neighbours are brighter than any ejecta.
    return np.nan_to_num(np.clip(above / spread, -MOST_SPREADS, MOST_SPREADS)).mean(axis=0)


def _zone(gap: Gap | None, joint_gap: Gap | None) -> Gap | None:
    """Return the zone of avoidance: told by a sure mask, or by probability and light together."""
    if gap is not None and gap.explained >= LEAST_EXPLAINED and gap.left <= MOST_LEFT:
        return gap
    is_told = (
        joint_gap is not None
        and joint_gap.explained >= JOINTLY_EXPLAINED
        and joint_gap.left <= MOST_LEFT_OF_LIKELY
    )
    return joint_gap if is_told else None


def _class_of(zone: Gap | None, dipole: float, quadrupole: float) -> ImpactClass:
    if quadrupole >= TWO_WINGS and quadrupole > 2 * dipole:
        return ImpactClass.BUTTERFLY
    if zone is not None:
        return ImpactClass.AVOIDANCE
    return ImpactClass.ASYMMETRIC if dipole >= ASYMMETRIC else ImpactClass.SYMMETRIC


def _harmonic(extent: Floats, azimuth_deg: Floats, order: int) -> complex:
    total = float(extent.sum())
    turned = np.exp(1j * order * np.radians(azimuth_deg))
    return complex(extent @ turned) / total if total else NO_VECTOR


def _longest_run(is_set: NDArray[np.bool_]) -> int:
    """Return the longest run of set places on a closed ring."""
    if is_set.all():
        return is_set.size
    clear = np.flatnonzero(~is_set)
    gaps = np.diff(clear, append=clear[0] + is_set.size) - 1
    return int(gaps.max())
