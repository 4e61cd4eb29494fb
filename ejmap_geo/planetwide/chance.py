"""Where craters lie, tested against chance: latitude, the apex of motion, hot poles.

Each statistic is a weighted mean over craters. What chance makes of it is drawn: craters are taken
as independent of each other, keep their weights, and get places at random. A mosaic or catalogue
that favours some ground is not chance: such a test finds that too.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DRAWS = 9999
# Draws that are held in memory at once, times craters.
_MOST_NUMBERS = 4_000_000

Floats = NDArray[np.float64]


class Places(NamedTuple):
    """Centres of craters.

    Attributes:
        lon_rad: Longitudes, ``(crater,)``.
        lat_rad: Latitudes, ``(crater,)``.
        weight: Weights, not negative, ``(crater,)``.
    """

    lon_rad: Floats
    lat_rad: Floats
    weight: Floats


class AgainstChance(NamedTuple):
    """A statistic beside what chance makes of it.

    Attributes:
        value: The statistic.
        expected: Its mean by chance.
        low: Below it lie 2.5 % of the values by chance.
        high: Above it lie 2.5 %.
        p_value: Share of values by chance that are as far from the expected one, at least 1 in
            ``DRAWS`` + 1.
    """

    value: float
    expected: float
    low: float
    high: float
    p_value: float


def polar_excess(places: Places, *, rng: np.random.Generator) -> AgainstChance:
    """Test whether craters crowd at the poles (above 1) or the equator (below 1).

    The statistic is 2 <|sin latitude|>, which is 1 for places that are spread evenly over the
    sphere. By chance sin latitude is even between -1 and 1.
    """

    def draw(count: int) -> Floats:
        return 2 * rng.random((count, places.weight.size))

    return _against(2 * np.abs(np.sin(places.lat_rad)), places.weight, draw, expected=1.0)


def apex_asymmetry(
    places: Places, *, apex_lon_deg: float, rng: np.random.Generator
) -> AgainstChance:
    """Test whether craters crowd around the apex of a synchronous body's motion.

    The statistic is a in a density 1 + a cos(angle from the apex): 3 <cos angle>. By chance each
    crater keeps its latitude and has any longitude.

    Args:
        places: The craters.
        apex_lon_deg: Longitude of the apex, which lies on the equator.
        rng: Source of chance.
    """
    shrink = 3 * np.cos(places.lat_rad)
    turn = places.lon_rad - np.radians(apex_lon_deg)

    def draw(count: int) -> Floats:
        return shrink * np.cos(_turns(rng, count, places))

    return _against(shrink * np.cos(turn), places.weight, draw, expected=0.0)


def hot_pole_excess(
    places: Places, *, hot_pole_lon_deg: float, rng: np.random.Generator
) -> AgainstChance:
    """Test whether craters crowd at the two longitudes that face the Sun at perihelion.

    The statistic is b in a density 1 + b cos 2(longitude - hot pole): 2 <cos 2(...)>; above 0 at
    hot poles, below 0 at warm poles. By chance each crater has any longitude.

    Args:
        places: The craters.
        hot_pole_lon_deg: Longitude of one of the hot poles; the other is opposite.
        rng: Source of chance.
    """
    turn = places.lon_rad - np.radians(hot_pole_lon_deg)

    def draw(count: int) -> Floats:
        return 2 * np.cos(2 * _turns(rng, count, places))

    return _against(2 * np.cos(2 * turn), places.weight, draw, expected=0.0)


def _turns(rng: np.random.Generator, count: int, places: Places) -> Floats:
    return rng.uniform(0, 2 * np.pi, (count, places.weight.size))


def _against(
    values: Floats, weight: Floats, draw: Callable[[int], Floats], *, expected: float
) -> AgainstChance:
    """Compare a weighted mean with that of drawn values."""
    total = weight.sum()
    if total <= 0:
        return AgainstChance(np.nan, expected, np.nan, np.nan, np.nan)
    share = weight / total
    step = max(1, _MOST_NUMBERS // weight.size)
    parts = [draw(min(step, DRAWS - start)) @ share for start in range(0, DRAWS, step)]
    by_chance, value = np.concatenate(parts), float(values @ share)
    # Draws that equal the value to rounding count as equally far.
    as_far = np.abs(by_chance - expected) >= abs(value - expected) - 1e-12
    low, high = np.quantile(by_chance, (0.025, 0.975))
    p_value = (1 + int(as_far.sum())) / (DRAWS + 1)
    return AgainstChance(value, expected, float(low), float(high), p_value)
