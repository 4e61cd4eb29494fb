"""What the cells of a polar view show: pixels of the mosaic near the crater, themselves far out."""

import math

import numpy as np
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.reproject import to_polar
from ejmap_geo.synthetic.polar_places import seen_places, seen_width_radii

BASEMAP = BasemapGrid(body=MERCURY, width_px=720)
SPHERE = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
GRID = PolarGrid(
    body=MERCURY,
    center=LonLat(37.3, -41.2),
    radius_m=60_000.0,
    rows=48,
    cols=96,
    inner_radii=0.9,
    outer_radii=40.0,
    offset_radii=3.0,
)


def test_cells_show_the_pixels_that_resampling_takes() -> None:
    """Range and azimuth by pyproj of the pixels that nearest-pixel resampling finds."""
    rows, cols = BASEMAP.shape
    number = np.arange(rows * cols, dtype=np.int32).reshape(1, rows, cols)
    taken = to_polar(number, basemap=BASEMAP, polar=GRID, nodata=None)[0].astype(np.int64)
    lat = 90 - (taken // cols + 0.5) * 180 / rows
    lon = (taken % cols + 0.5) * 360 / cols - 180
    start = np.full(taken.shape, 37.3), np.full(taken.shape, -41.2)
    azimuth_deg, _, range_m = SPHERE.inv(*start, lon, lat)

    range_radii, azimuth_rad = seen_places(GRID, BASEMAP)

    ranges = GRID.range_radii
    pixel_radii = 2 * math.pi / 720 * MERCURY.radius_m / GRID.radius_m
    fine = np.zeros(48, bool)
    fine[:-1] = np.diff(ranges) < pixel_radii
    fine &= ranges >= 1
    expected = np.maximum(np.asarray(range_m) / GRID.radius_m, 1)[fine]
    same = np.abs(range_radii[fine] - expected) < 1e-3
    # A place on the border of two pixels may fall to either side.
    assert same.mean() > 0.995
    turn = np.radians(np.asarray(azimuth_deg))[fine] - azimuth_rad[fine]
    assert (np.abs((turn + np.pi) % (2 * np.pi) - np.pi)[same] < 1e-3).mean() > 0.995
    np.testing.assert_array_equal(range_radii[~fine], np.repeat(ranges[~fine, None], 96, axis=1))


def test_the_width_seen_is_that_of_a_pixel_or_of_a_cell() -> None:
    """Near the crater a pixel is wider, far out a cell."""
    widths = seen_width_radii(GRID, BASEMAP)

    radius_rad = GRID.radius_m / MERCURY.radius_m
    pixel = 2 * math.pi / 720 / radius_rad
    cell = 2 * math.pi / 96 * math.sin(GRID.range_rad[-1]) / radius_rad
    assert widths[0] == pixel
    assert abs(widths[-1] - max(cell, pixel)) < 1e-9
    assert (np.diff(widths) >= 0).all()
