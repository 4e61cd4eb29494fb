"""Tests against chance: closed forms, what is even, and what is not."""

import numpy as np
import pytest
from scipy.stats import kstest

from ejmap_geo.planetwide.chance import (
    AgainstChance,
    Places,
    apex_asymmetry,
    hot_pole_excess,
    polar_excess,
)

APEX_DEG, HOT_DEG = -90.0, 0.0


def _even(count: int, seed: int) -> Places:
    rng = np.random.default_rng(seed)
    lat = np.arcsin(rng.uniform(-1, 1, count))
    return Places(rng.uniform(-np.pi, np.pi, count), lat, np.ones(count))


def _tests(places: Places, seed: int = 1) -> dict[str, AgainstChance]:
    rng = np.random.default_rng(seed)
    return {
        "polar": polar_excess(places, rng=rng),
        "apex": apex_asymmetry(places, apex_lon_deg=APEX_DEG, rng=rng),
        "hot": hot_pole_excess(places, hot_pole_lon_deg=HOT_DEG, rng=rng),
    }


def test_statistics_have_their_closed_forms() -> None:
    """Craters at the apex, at both hot poles and at the poles give the largest values."""
    places = Places(
        np.radians([APEX_DEG, 0, 180, 90]), np.radians([0, 0, 0, 90.0]), np.array([1, 0, 0, 1.0])
    )
    hot = places._replace(weight=np.array([0, 1, 1, 0.0]))

    assert _tests(places)["apex"].value == pytest.approx(1.5)
    assert _tests(places)["polar"].value == pytest.approx(1.0)
    assert _tests(hot)["hot"].value == pytest.approx(2.0)


def test_what_chance_makes_of_it_has_the_spread_of_theory() -> None:
    """The standard deviations by theory: sqrt(3/n) apex, sqrt(2/n) hot poles, 2/sqrt(12 n)."""
    count = 400
    found = _tests(_even(count, 3))

    for name, deviation in (
        ("apex", np.sqrt(3 / count)),
        ("hot", np.sqrt(2 / count)),
        ("polar", 2 / np.sqrt(12 * count)),
    ):
        half_width = (found[name].high - found[name].low) / 2
        assert half_width == pytest.approx(1.96 * deviation, rel=0.08)


def test_even_places_are_rejected_as_often_as_chance_says() -> None:
    """The p values of evenly spread craters are even between 0 and 1."""
    found = [_tests(_even(30, seed), seed) for seed in range(60)]

    for name in ("polar", "apex", "hot"):
        assert kstest([one[name].p_value for one in found], "uniform").pvalue > 0.01


def test_a_leading_side_with_more_craters_is_found() -> None:
    """A density 1 + 0.6 cos(angle from the apex) on 600 craters: its amplitude, and no chance."""
    even = _even(6000, 5)
    cosine = np.cos(even.lat_rad) * np.cos(even.lon_rad - np.radians(APEX_DEG))
    kept = np.random.default_rng(6).random(6000) < (1 + 0.6 * cosine) / 8
    places = Places(*(part[kept] for part in even))

    found = _tests(places)

    assert found["apex"].value == pytest.approx(0.6, abs=0.2)
    assert found["apex"].p_value < 0.001
    assert found["hot"].p_value > 0.01


def test_craters_without_weight_have_no_statistic() -> None:
    """Nothing was mapped: no value, no p value."""
    found = _tests(Places(np.zeros(2), np.zeros(2), np.zeros(2)))

    assert np.isnan(found["apex"].value)
    assert np.isnan(found["hot"].p_value)
