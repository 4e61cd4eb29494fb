"""Buffers on the sphere against distances of pyproj's geodesics."""

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.planetwide.buffer import buffered_rows

GRID = BasemapGrid(body=MERCURY, width_px=180)
FULL = BasemapGrid(body=MERCURY, width_px=2048)
GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)


STRIP_ROWS = 64


def _buffered(mask: np.ndarray, grid: BasemapGrid, buffer_m: float) -> np.ndarray:
    """Return all rows, worked on strip by strip."""
    tops = range(0, grid.shape[0], STRIP_ROWS)
    strips = [
        buffered_rows(
            lambda first, last: mask[first:last],
            top=top,
            bottom=min(top + STRIP_ROWS, grid.shape[0]),
            basemap=grid,
            buffer_m=buffer_m,
        )
        for top in tops
    ]
    return np.concatenate(strips)


@pytest.mark.parametrize("buffer_m", [50_000, 200_000, 900_000.0])
def test_a_pixel_is_set_if_a_geodesic_is_short_enough(buffer_m: float) -> None:
    """Pixels at the antimeridian, beside a pole and in between, by the distance to each."""
    mask = np.zeros(GRID.shape, np.bool_)
    mask[[0, 3, 40, 60, 87], [5, 100, 0, 179, 90]] = True
    row, col = np.indices(GRID.shape)
    lon, lat = (col + 0.5) * 2.0 - 180, 90 - (row + 0.5) * 2.0
    nearest_m = np.full(GRID.shape, np.inf)
    for i, j in np.argwhere(mask):
        at = np.full(GRID.shape, lon[i, j]), np.full(GRID.shape, lat[i, j])
        nearest_m = np.minimum(nearest_m, GEOD.inv(*at, lon, lat)[2])
    sure = np.abs(nearest_m - buffer_m) > 1

    found = _buffered(mask, GRID, buffer_m)

    np.testing.assert_array_equal(found[sure], (nearest_m <= buffer_m)[sure])


@pytest.mark.parametrize(
    "center", [LonLat(180, 20), LonLat(30, 89), LonLat(0, 0)], ids=["seam", "pole", "equator"]
)
def test_a_disc_grows_by_the_buffer(center: LonLat) -> None:
    """A disc of 300 km with a buffer of 200 km is one of 500 km, to a pixel at its edge."""
    small, large = (disc(FULL, center=center, radius_m=r) for r in (300_000, 500_000))
    mask, expected = np.zeros(FULL.shape, np.bool_), np.zeros(FULL.shape, np.bool_)
    small.paste_into(mask)
    large.paste_into(expected)

    found = _buffered(mask, FULL, 200_000)

    assert not (found & ~expected).any()
    assert found.sum() == pytest.approx(expected.sum(), rel=0.03)


def test_no_buffer_is_the_mask_and_half_a_planet_is_all() -> None:
    """A buffer of nothing changes nothing; one of half the circumference sets everything."""
    mask = np.zeros(GRID.shape, np.bool_)
    mask[10, 20] = True

    np.testing.assert_array_equal(_buffered(mask, GRID, 0), mask)
    assert _buffered(mask, GRID, MERCURY.half_circumference_m).all()
    assert not _buffered(np.zeros_like(mask), GRID, 1e6).any()
