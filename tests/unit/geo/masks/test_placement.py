"""Placement against resampling of whole grids."""

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import grid_of_mask, mask_to_azimuthal, mask_to_basemap
from ejmap_geo.resampling.reproject import to_azimuthal, to_basemap

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
WHOLE = Window(row=0, col=0, height=180, width=360)


def grid_about(center: LonLat, reach_m: float = 1e9) -> AzimuthalGrid:
    """Return a grid of the basemap's resolution, by default of the whole planet."""
    return AzimuthalGrid.reaching(
        MERCURY, center=center, resolution_m=BASEMAP.resolution_m, reach_m=reach_m
    )


def speckles(shape: tuple[int, int], reach_px: float) -> np.ndarray:
    """Return a random mask about the middle of a raster."""
    offset = np.arange(shape[0]) + 0.5 - shape[0] / 2
    near = np.hypot(offset[:, None], offset) < reach_px
    return near & (np.random.default_rng(3).random(shape) < 0.3)


@pytest.mark.parametrize("reach_px", [3, 25, 110, 200])
def test_a_mask_lands_where_the_whole_planet_has_it(center: LonLat, reach_px: float) -> None:
    """No pixel is lost or moved by looking at a part of the basemap only."""
    azimuthal = grid_about(center)
    mask = speckles(azimuthal.shape, reach_px)

    placed = mask_to_basemap(mask, azimuthal=azimuthal, basemap=BASEMAP)

    found = np.zeros(BASEMAP.shape, np.bool_)
    placed.paste_into(found)
    whole = to_basemap(mask, azimuthal=azimuthal, basemap=BASEMAP, window=WHOLE)
    np.testing.assert_array_equal(found, whole)


def test_a_mask_of_the_basemap_is_seen_from_above(center: LonLat) -> None:
    """As the whole basemap would be, in the whole raster and in a part of it."""
    azimuthal = grid_about(center)
    full = np.random.default_rng(1).random(BASEMAP.shape) < 0.3
    full[40:] = False
    full[:, 20:300] = False
    placed = PlacedMask.from_full(full, BASEMAP)
    part = Window(row=100, col=30, height=120, width=200)

    found = mask_to_azimuthal(placed, basemap=BASEMAP, azimuthal=azimuthal)

    whole = to_azimuthal(full[None], basemap=BASEMAP, azimuthal=azimuthal)[0]
    np.testing.assert_array_equal(found, whole)
    np.testing.assert_array_equal(
        mask_to_azimuthal(placed, basemap=BASEMAP, azimuthal=azimuthal, window=part),
        whole[part.slices],
    )


def test_the_grid_of_a_mask_holds_all_of_it(center: LonLat) -> None:
    """Outside of it the whole planet's raster is empty, and it is no larger than needed."""
    azimuthal = grid_about(center)
    placed = mask_to_basemap(speckles(azimuthal.shape, 37), azimuthal=azimuthal, basemap=BASEMAP)

    small = grid_of_mask(placed, basemap=BASEMAP, azimuthal=azimuthal)

    whole = mask_to_azimuthal(placed, basemap=BASEMAP, azimuthal=azimuthal)
    there = mask_to_azimuthal(placed, basemap=BASEMAP, azimuthal=small)
    assert there.sum() == whole.sum() > 0
    assert 34 <= small.half_size_px <= 39


def test_an_empty_mask_is_empty_on_every_grid() -> None:
    """No ejecta is an ordinary answer, but it has no extent."""
    azimuthal = grid_about(LonLat(0, 0), reach_m=500_000)
    nothing = PlacedMask.empty()

    there = mask_to_azimuthal(nothing, basemap=BASEMAP, azimuthal=azimuthal)
    back = mask_to_basemap(there, azimuthal=azimuthal, basemap=BASEMAP)

    assert there.shape == azimuthal.shape
    assert not there.any()
    assert back.window is None
    with pytest.raises(RasterError, match="sets nothing"):
        grid_of_mask(nothing, basemap=BASEMAP, azimuthal=azimuthal)
