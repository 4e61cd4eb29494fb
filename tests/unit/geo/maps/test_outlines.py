"""Outlines are valid, on one turn around the planet, and enclose what the mask sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import MultiPolygon, Point, get_coordinates

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.outlines import TOLERANCE_PX, mask_outline, rim_outline
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.masks.polygons import rasterized_on_planet

BASEMAP = BasemapGrid(body=MERCURY, width_px=720)
PX_DEG = 0.5
PLACES = {
    "equator": LonLat(10, 5),
    "antimeridian": LonLat(179.7, -30),
    "north-pole": LonLat(20, 88),
    "south-pole-itself": LonLat(0, -90),
}


def _full(mask: PlacedMask) -> np.ndarray:
    full = np.zeros(BASEMAP.shape, bool)
    mask.paste_into(full)
    return full


def _require_sound(outline: MultiPolygon) -> None:
    assert outline.is_valid
    west, south, east, north = outline.bounds
    assert (west, south) >= (-180, -90)
    assert east <= 180
    assert north <= 90


@pytest.mark.parametrize("center", PLACES.values(), ids=PLACES.keys())
def test_the_outline_of_a_disc_encloses_its_pixels(center: LonLat) -> None:
    """Every pixel more than the tolerance and half a diagonal from the edge is on its side."""
    radius_m = 300_000
    outline = mask_outline(disc(BASEMAP, center=center, radius_m=radius_m), basemap=BASEMAP)

    _require_sound(outline)
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    slack_m = (TOLERANCE_PX + 0.71) * BASEMAP.resolution_m
    rows, cols = np.indices(BASEMAP.shape)[:, ::3, ::3].reshape(2, -1)
    lon, lat = (cols + 0.5) * PX_DEG - 180, 90 - (rows + 0.5) * PX_DEG
    count = np.ones(len(lon))
    _, _, away_m = geod.inv(lon, lat, count * center.lon_deg, count * center.lat_deg)
    for x, y, distance in zip(lon, lat, away_m, strict=True):
        if distance < radius_m - slack_m:
            assert outline.covers(Point(x, y))
        elif radius_m + slack_m < distance < 2 * radius_m:
            assert not outline.covers(Point(x, y))


@pytest.mark.parametrize("center", PLACES.values(), ids=PLACES.keys())
def test_an_unsimplified_outline_gives_the_mask_back(center: LonLat) -> None:
    """Burnt by pixel centres, pixel for pixel: with holes, poles and the antimeridian."""
    mask = disc(BASEMAP, center=center, radius_m=300_000)
    full = _full(mask)
    full &= ~_full(disc(BASEMAP, center=center, radius_m=60_000))

    outline = mask_outline(PlacedMask.from_full(full, BASEMAP), basemap=BASEMAP, tolerance_px=0)

    _require_sound(outline)
    np.testing.assert_array_equal(_full(rasterized_on_planet(outline, basemap=BASEMAP)), full)


@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.95))
def test_any_mask_has_a_valid_outline_of_about_its_area(seed: int, share: float) -> None:
    """Noise of single pixels is the worst case; half of all edges may move by the tolerance."""
    grid = BasemapGrid(body=MERCURY, width_px=24)
    full = np.random.default_rng(seed).random(grid.shape) < share

    outline = mask_outline(PlacedMask.from_full(full, grid), basemap=grid)

    _require_sound(outline)
    assert outline.is_empty == (not full.any())


def test_a_ring_around_the_planet_ends_at_the_antimeridian_without_a_gap() -> None:
    """Its edges there are at the same latitudes on both sides, to within the tolerance."""
    full = np.zeros(BASEMAP.shape, bool)
    rows = (100 + 20 * np.sin(np.arange(720) / 720 * 2 * np.pi)).astype(int)
    for col, row in enumerate(rows):
        full[row : row + 30, col] = True

    outline = mask_outline(PlacedMask.from_full(full, BASEMAP), basemap=BASEMAP)

    _require_sound(outline)
    assert outline.bounds[0] == -180
    assert outline.bounds[2] == 180
    at = get_coordinates(outline)
    west, east = (np.sort(at[at[:, 0] == lon, 1]) for lon in (-180, 180))
    assert west[[0, -1]] == pytest.approx(east[[0, -1]], abs=2 * TOLERANCE_PX * PX_DEG)


def test_an_empty_mask_has_an_empty_outline() -> None:
    """An ordinary value and no error."""
    assert mask_outline(PlacedMask.empty(), basemap=BASEMAP).is_empty


@pytest.mark.parametrize("center", [*PLACES.values(), LonLat(-179.9, 60)])
def test_a_rim_holds_its_centre_at_its_radius(center: LonLat) -> None:
    """Pixels of a disc of the same radius, but for those that its edge cuts."""
    rim = rim_outline(center, 150_000, MERCURY)

    _require_sound(rim)
    burnt = _full(rasterized_on_planet(rim, basemap=BASEMAP))
    expected = _full(disc(BASEMAP, center=center, radius_m=150_000))
    different = np.count_nonzero(burnt != expected)
    assert different <= 0.01 * np.count_nonzero(expected)
