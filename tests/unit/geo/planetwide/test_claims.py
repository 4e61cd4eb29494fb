"""Contested ground: claimants in order, margins, and shared areas of the sphere."""

import math
from functools import partial

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.label_map import NODATA, label_map
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.planetwide.claims import (
    RankedClaims,
    contested_bands,
    ranked_claims,
    shared_areas_m2,
)

GRID = BasemapGrid(body=MERCURY, width_px=2048)
RADIUS_RAD = 0.2
# Pairs of centres 0.25 rad apart.
APART_RAD = 0.25
PAIRS = {
    "equator": (LonLat(10, 0), LonLat(10 + math.degrees(APART_RAD), 0)),
    "antimeridian": (LonLat(175, 0), LonLat(175 + math.degrees(APART_RAD) - 360, 0)),
    "over-a-pole": (LonLat(40, 90 - math.degrees(0.1)), LonLat(-140, 90 - math.degrees(0.15))),
}


def _lens_m2(r: float, d: float) -> float:
    """Return the area that two caps of angular radius r at a distance d share.

    Tovchigrechko and Vakser (2001), Protein Science 10:1572, for caps of one size.
    """
    turn = math.acos(math.cos(d) / math.sin(r) ** 2 - 1 / math.tan(r) ** 2)
    half = math.acos(math.cos(r) / (math.sin(d) * math.sin(r)) - 1 / (math.tan(d) * math.tan(r)))
    return MERCURY.radius_m**2 * 2 * (math.pi - turn - 2 * half * math.cos(r))


def _read(masks: dict[int, PlacedMask], sure: dict[int, float], crater_id: int, window: Window):
    inside = masks[crater_id].within(window, GRID)
    return np.where(inside, np.float32(sure[crater_id]), np.float32(np.nan))


def _ranked(
    masks: dict[int, PlacedMask], sure: dict[int, float], *, most_claims: int = 10**9
) -> list[RankedClaims]:
    counts = label_map(masks, basemap=GRID).overlap_count
    windows = {one: mask.window for one, mask in masks.items() if mask.window is not None}
    bands = contested_bands(
        lambda top, bottom: counts[top:bottom], basemap=GRID, most_claims=most_claims
    )
    read = partial(_read, masks, sure)
    return [ranked_claims(band, windows, read, basemap=GRID) for band in bands]


def _discs(centers: tuple[LonLat, ...]) -> dict[int, PlacedMask]:
    radius_m = RADIUS_RAD * MERCURY.radius_m
    return {one: disc(GRID, center=at, radius_m=radius_m) for one, at in enumerate(centers)}


@pytest.mark.parametrize("centers", PAIRS.values(), ids=PAIRS.keys())
def test_two_discs_share_the_lens_of_two_caps(centers: tuple[LonLat, LonLat]) -> None:
    """The shared area is that of the closed form, wherever the discs lie."""
    ranked = _ranked(_discs(centers), {0: 0.9, 1: 0.6})

    shared = shared_areas_m2(iter(ranked))

    assert shared == {(0, 1): pytest.approx(_lens_m2(RADIUS_RAD, APART_RAD), rel=2e-3)}


@pytest.mark.parametrize("centers", PAIRS.values(), ids=PAIRS.keys())
def test_the_surer_crater_leads_by_the_margin(centers: tuple[LonLat, LonLat]) -> None:
    """Where both claim, the raster has 2, the surer, the other and 30 %; elsewhere nothing."""
    masks = _discs(centers)
    both = np.ones(GRID.shape, np.bool_)
    for mask in masks.values():
        both &= mask.within(Window.whole(GRID.shape), GRID)

    (ranked,) = _ranked(masks, {0: 0.6, 1: 0.9})

    raster = ranked.raster(0, *GRID.shape)
    assert raster[:, both].T.tolist() == [[2, 1, 0, 30]] * int(both.sum())
    assert (raster[:, ~both] == NODATA).all()


def test_three_craters_are_ranked_and_ties_go_to_the_lower_id() -> None:
    """The second of three is the second surest; two that are equally sure have no margin."""
    masks = _discs((LonLat(0, 0), LonLat(1, 0), LonLat(2, 0)))

    (surest,) = _ranked(masks, {0: 0.5, 1: 0.7, 2: 0.8})
    (equal,) = _ranked(masks, {0: 0.7, 1: 0.7, 2: 0.4})

    of_three = surest.band.counts == 3
    assert {*surest.first[of_three]} == {2}
    assert {*surest.second[of_three]} == {1}
    np.testing.assert_allclose(surest.margin[of_three], 0.1, atol=1e-6)
    assert {*equal.first[of_three]} == {0}
    assert {*equal.second[of_three]} == {1}
    assert not equal.margin[of_three].any()
    assert {*surest.shared_m2} == {(0, 1), (0, 2), (1, 2)}


def test_bands_of_rows_give_what_the_whole_planet_gives() -> None:
    """Discs that reach over a border of bands are ranked and measured alike."""
    masks = _discs((LonLat(-179, 3), LonLat(177, -4), LonLat(100, 0), LonLat(110, 5)))
    sure = {0: 0.5, 1: 0.7, 2: 0.8, 3: 0.81}

    whole = _ranked(masks, sure)
    parts = _ranked(masks, sure, most_claims=1)

    assert len(parts) == 2
    cols = GRID.width_px
    joined = [one.raster(one.band.top, one.band.bottom, cols) for one in parts]
    np.testing.assert_array_equal(np.concatenate(joined, 1), whole[0].raster(0, *GRID.shape))
    assert shared_areas_m2(iter(parts)) == pytest.approx(shared_areas_m2(iter(whole)))


def test_craters_that_do_not_meet_share_nothing() -> None:
    """No contested pixel: no pair, an empty raster."""
    (ranked,) = _ranked(_discs((LonLat(0, 0), LonLat(90, 0))), {0: 0.5, 1: 0.7})

    assert ranked.shared_m2 == {}
    assert (ranked.raster(0, *GRID.shape) == NODATA).all()
