"""Masks as polygons: areas of the sphere, holes, the antimeridian and the poles."""

import math
from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.planetwide.areas import SphereArea, polygons_of_placed, polygons_of_value
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.rasters.raster_file import opened

GRID = BasemapGrid(body=MERCURY, width_px=720)
PLANET_M2 = 4 * math.pi * MERCURY.radius_m**2


def _polygons(mask: np.ndarray, value: int, folder: Path) -> list[SphereArea]:
    path = folder / "mask.tif"
    write_cog(path, mask, grid=GRID)
    with opened(path) as raster:
        return [*polygons_of_value(raster, value, basemap=GRID)]


@pytest.mark.parametrize(
    "center", [LonLat(179.9, 20), LonLat(30, -88), LonLat(0, 0)], ids=["seam", "pole", "equator"]
)
def test_a_disc_and_the_rest_have_the_areas_of_their_pixels(center: LonLat, tmp_path: Path) -> None:
    """Disc and hole fill the planet, and all polygons are valid and within -180 to 180."""
    placed = disc(GRID, center=center, radius_m=600_000)
    mask = np.zeros(GRID.shape, np.bool_)
    placed.paste_into(mask)

    inside, outside = (_polygons(mask, value, tmp_path) for value in (1, 0))
    cropped = polygons_of_placed(placed, basemap=GRID)

    area_m2 = placed.area_m2(GRID)
    assert sum(one.area_m2 for one in inside) == pytest.approx(area_m2, rel=1e-9)
    assert sum(one.area_m2 for one in cropped) == pytest.approx(area_m2, rel=1e-9)
    assert sum(one.area_m2 for one in outside) == pytest.approx(PLANET_M2 - area_m2, rel=1e-9)
    for one in (*inside, *outside, *cropped):
        assert one.polygon.is_valid
        assert -180 <= one.polygon.bounds[0] <= one.polygon.bounds[2] <= 180
    assert len(inside) == len(cropped) == (2 if center.lon_deg > 179 else 1)


def test_random_pixels_give_valid_polygons(tmp_path: Path) -> None:
    """Pixels that meet at corners: every polygon is valid, and the areas add up."""
    mask = np.random.default_rng(4).random(GRID.shape) < 0.5

    found = _polygons(mask, 1, tmp_path)

    assert all(one.polygon.is_valid for one in found)
    rows = np.sin(np.radians(90 - np.arange(GRID.shape[0] + 1) * 0.5))
    pixel_m2 = -np.diff(rows) * MERCURY.radius_m**2 * math.radians(0.5)
    assert sum(one.area_m2 for one in found) == pytest.approx(float(mask.sum(1) @ pixel_m2))
