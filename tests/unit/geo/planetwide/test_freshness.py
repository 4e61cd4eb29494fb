"""Quick changes of bands on ejecta: known covariances, on terrain that changes slowly."""

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.placed_mask import PlacedMask, crop, disc
from ejmap_geo.planetwide.freshness import Layers, QuickColours, colours_of_crater, window_around

GRID = BasemapGrid(body=MERCURY, width_px=2048)
RADIUS_M = 60_000.0
# Grain of the ejecta in two bands; the second is its negative half.
GRAIN = 12.0
MIXED = np.array([1.0, -0.5])


def _crater(crater_id: int, center: LonLat) -> Crater:
    return Crater(crater_id=crater_id, name="", center=center, radius_m=RADIUS_M)


def _colours(masks: dict[int, PlacedMask], raster: np.ndarray, crater: Crater) -> QuickColours:
    counts, window = label_map(masks, basemap=GRID).overlap_count, window_around(crater, GRID)
    near = crop(raster.clip(0, 255).astype(np.uint8), window)
    layers = Layers(near, crop(counts, window), window, GRID)
    return colours_of_crater(layers, crater, masks[crater.crater_id])


def _terrain() -> np.ndarray:
    """Return ground that rises by 60 levels over half of the planet, with noise, in two bands."""
    row, col = np.indices(GRID.shape)
    slow = 100 + 30 * np.sin(col * 2 * np.pi / GRID.width_px) * np.cos(row * np.pi / GRID.shape[0])
    noise = np.random.default_rng(3).normal(0, 3, (2, *GRID.shape))
    return slow + noise


def _add_grain(raster: np.ndarray, mask: PlacedMask, grain: float) -> None:
    full = np.zeros(GRID.shape, np.bool_)
    mask.paste_into(full)
    drawn = np.random.default_rng(5).normal(0, grain, full.sum())
    raster[:, full] += MIXED[:, None] * drawn


@pytest.mark.parametrize(
    "center", [LonLat(179.5, 10), LonLat(0, -60)], ids=["antimeridian", "far south"]
)
def test_the_covariance_is_that_of_the_grain(center: LonLat) -> None:
    """Grain of 12 levels, half and turned over in the other band, on noise of 3 levels."""
    mask, raster = disc(GRID, center=center, radius_m=6 * RADIUS_M), _terrain()
    _add_grain(raster, mask, GRAIN)

    found = _colours({1: mask}, raster, _crater(1, center))

    expected = GRAIN**2 * np.outer(MIXED, MIXED) + 9 * np.eye(2)
    # The slow part takes a little of the grain along.
    np.testing.assert_allclose(found.covariance, expected, rtol=0.12)
    np.testing.assert_allclose(found.spread, 3, rtol=0.15)


def test_ejecta_of_another_crater_do_not_count() -> None:
    """A neighbour with grain of its own changes the variance by less than a tenth."""
    crater, other = _crater(1, LonLat(20, 0)), LonLat(34, 0)
    masks = {
        1: disc(GRID, center=crater.center, radius_m=6 * RADIUS_M),
        2: disc(GRID, center=other, radius_m=6 * RADIUS_M),
    }
    raster = _terrain()
    _add_grain(raster, masks[1], GRAIN)
    alone = _colours(masks, raster, crater)
    _add_grain(raster, masks[2], 0.5 * GRAIN)

    found = _colours(masks, raster, crater)

    np.testing.assert_allclose(found.covariance, alone.covariance, rtol=0.1)


@pytest.mark.parametrize(
    "center", [LonLat(179.5, 10), LonLat(40, 88)], ids=["antimeridian", "pole"]
)
def test_the_part_around_a_crater_tells_what_the_planet_tells(center: LonLat) -> None:
    """Colours from the window around a crater are those from the whole planet, to the last bit."""
    crater, mask = _crater(1, center), disc(GRID, center=center, radius_m=6 * RADIUS_M)
    raster = _terrain()
    _add_grain(raster, mask, GRAIN)
    counts = label_map({1: mask}, basemap=GRID).overlap_count
    whole = Layers(raster.clip(0, 255).astype(np.uint8), counts, Window.whole(GRID.shape), GRID)

    found = _colours({1: mask}, raster, crater)

    expected = colours_of_crater(whole, crater, mask)
    np.testing.assert_array_equal(found.covariance, expected.covariance)
    np.testing.assert_array_equal(found.spread, expected.spread)


def test_a_crater_without_ejecta_has_no_colours() -> None:
    """No ejecta, no number."""
    found = _colours({1: PlacedMask.empty()}, _terrain(), _crater(1, LonLat(0, 0)))

    assert np.isnan(found.covariance).all()
    assert np.isnan(found.spread).all()
