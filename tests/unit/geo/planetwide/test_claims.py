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
from ejmap_geo.masks.probability_levels import levels_of, probability_of
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


def _level(probability: float) -> np.uint8:
    return levels_of(np.full((1, 1), probability, np.float32))[0, 0]


def _stated(probability: float) -> float:
    """Return the probability that the level of another one stands for."""
    return float(probability_of(np.array([_level(probability)]))[0])


def _read(sure: dict[int, float], crater_id: int, window: Window):
    return np.full(window.shape, _level(sure[crater_id]))


def _ranked(
    masks: dict[int, PlacedMask], sure: dict[int, float], *, most_claims: int = 10**9
) -> list[RankedClaims]:
    counts = label_map(masks, basemap=GRID).overlap_count
    windows = {one: mask.window for one, mask in masks.items() if mask.window is not None}
    bands = contested_bands(
        lambda top, bottom: counts[top:bottom], basemap=GRID, most_claims=most_claims
    )
    read = partial(_read, sure)
    return [ranked_claims(band, masks, windows, read, basemap=GRID) for band in bands]


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
    """Where both claim, the raster has 2, the surer, the other and 30 %, as levels go."""
    masks = _discs(centers)
    both = np.ones(GRID.shape, np.bool_)
    for mask in masks.values():
        both &= mask.within(Window.whole(GRID.shape), GRID)

    (ranked,) = _ranked(masks, {0: 0.6, 1: 0.9})

    raster = ranked.raster(0, *GRID.shape)
    margin = round(100 * (_stated(0.9) - _stated(0.6)))
    assert raster[:, both].T.tolist() == [[2, 1, 0, margin]] * int(both.sum())
    assert (raster[:, ~both] == NODATA).all()


def test_three_craters_are_ranked_and_ties_go_to_the_lower_id() -> None:
    """The second of three is the second surest; two that are equally sure have no margin."""
    masks = _discs((LonLat(0, 0), LonLat(1, 0), LonLat(2, 0)))

    (surest,) = _ranked(masks, {0: 0.5, 1: 0.7, 2: 0.8})
    (equal,) = _ranked(masks, {0: 0.7, 1: 0.7, 2: 0.4})

    of_three = surest.band.counts == 3
    assert {*surest.first[of_three]} == {2}
    assert {*surest.second[of_three]} == {1}
    np.testing.assert_allclose(surest.margin[of_three], _stated(0.8) - _stated(0.7), atol=1e-6)
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


@pytest.mark.parametrize("most_claims", [1, 10**9])
def test_every_pixel_is_ranked_as_by_the_masks_of_the_whole_planet(most_claims: int) -> None:
    """Random claims and levels, across the antimeridian and a pole, against whole arrays."""
    rng = np.random.default_rng(3)
    small = BasemapGrid(body=MERCURY, width_px=1280)
    centers = (LonLat(179, 5), LonLat(-178, 0), LonLat(-170, -4), LonLat(20, 88), LonLat(150, 86))
    levels = [rng.integers(0, 256, small.shape, np.uint8) for _ in centers]
    discs = [disc(small, center=at, radius_m=0.2 * MERCURY.radius_m) for at in centers]
    full = [
        one.within(Window.whole(small.shape), small) & (rng.random(small.shape) < 0.7)
        for one in discs
    ]
    masks = {one: PlacedMask.from_full(mask, small) for one, mask in enumerate(full)}
    windows = {one: mask.window for one, mask in masks.items() if mask.window is not None}
    counts = np.sum(full, axis=0).astype(np.uint16)
    bands = contested_bands(lambda a, b: counts[a:b], basemap=small, most_claims=most_claims)

    def read(crater_id: int, window: Window):
        cols = window.columns(small.width_px)
        return levels[crater_id][window.row : window.row + window.height][:, cols]

    ranked = [ranked_claims(band, masks, windows, read, basemap=small) for band in bands]

    found = np.concatenate(
        [one.raster(one.band.top, one.band.bottom, small.width_px) for one in ranked], axis=1
    )
    sure = np.where(full, probability_of(np.stack(levels)), np.float32(-1))
    order = np.argsort(-sure, axis=0, kind="stable")
    best, next_best = (np.take_along_axis(sure, order[k : k + 1], axis=0)[0] for k in (0, 1))
    percent = np.rint(100 * (best - next_best))
    expected = np.stack([counts, order[0], order[1], percent])
    np.testing.assert_array_equal(found, np.where(counts > 1, expected, NODATA))


def test_craters_that_do_not_meet_share_nothing() -> None:
    """No contested pixel: no pair, an empty raster."""
    (ranked,) = _ranked(_discs((LonLat(0, 0), LonLat(90, 0))), {0: 0.5, 1: 0.7})

    assert ranked.shared_m2 == {}
    assert (ranked.raster(0, *GRID.shape) == NODATA).all()
