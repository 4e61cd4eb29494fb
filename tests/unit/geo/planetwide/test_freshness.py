"""Steps at the border of ejecta: known heights, on terrain that changes slowly."""

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.planetwide.freshness import BorderStep, Layers, step_of_crater

GRID = BasemapGrid(body=MERCURY, width_px=2048)
RADIUS_M = 60_000.0
HEIGHTS = (30, -12)


def _crater(crater_id: int, center: LonLat) -> Crater:
    return Crater(crater_id=crater_id, name="", center=center, radius_m=RADIUS_M)


def _step(masks: dict[int, PlacedMask], raster: np.ndarray, crater: Crater) -> BorderStep:
    counts = label_map(masks, basemap=GRID).overlap_count
    return step_of_crater(Layers(raster, counts, GRID), crater, masks[crater.crater_id])


def _terrain() -> np.ndarray:
    """Return ground that rises by 60 levels over half of the planet, with noise, in two bands."""
    row, col = np.indices(GRID.shape)
    slow = 100 + 30 * np.sin(col * 2 * np.pi / GRID.width_px) * np.cos(row * np.pi / GRID.shape[0])
    noise = np.random.default_rng(3).normal(0, 3, (2, *GRID.shape))
    return slow + noise


@pytest.mark.parametrize(
    "center", [LonLat(179.5, 10), LonLat(0, -87)], ids=["antimeridian", "pole"]
)
def test_the_step_is_what_ejecta_add(center: LonLat) -> None:
    """Ejecta that add 30 levels in one band and take 12 in another, on sloping noisy ground."""
    mask = disc(GRID, center=center, radius_m=5 * RADIUS_M)
    full = np.zeros(GRID.shape, np.bool_)
    mask.paste_into(full)
    raster = _terrain() + np.array(HEIGHTS)[:, None, None] * full

    found = _step({1: mask}, raster.astype(np.uint8), _crater(1, center))

    np.testing.assert_allclose(found.step, HEIGHTS, atol=1)
    np.testing.assert_allclose(found.spread, 3, rtol=0.2)


def test_ejecta_of_another_crater_do_not_count() -> None:
    """A neighbour that is 100 levels brighter changes the step by less than a level."""
    crater, other = _crater(1, LonLat(20, 0)), LonLat(32, 0)
    masks = {
        1: disc(GRID, center=crater.center, radius_m=5 * RADIUS_M),
        2: disc(GRID, center=other, radius_m=5 * RADIUS_M),
    }
    raster = _terrain()
    for height, mask in zip((20, 100), masks.values(), strict=True):
        full = np.zeros(GRID.shape, np.bool_)
        mask.paste_into(full)
        raster += height * full

    found = _step(masks, raster.clip(0, 255).astype(np.uint8), crater)

    np.testing.assert_allclose(found.step, 20, atol=1)


def test_a_crater_without_ejecta_has_no_step() -> None:
    """No border, no number."""
    found = _step({1: PlacedMask.empty()}, _terrain().astype(np.uint8), _crater(1, LonLat(0, 0)))

    assert np.isnan(found.step).all()
