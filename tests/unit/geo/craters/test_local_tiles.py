"""Local tiles against pyproj, at the hard places of the sphere."""

import numpy as np
import pytest
from pyproj import Geod, Transformer

from ejmap_geo.craters.local_tiles import TilePlace, cut_tiles
from ejmap_geo.errors import GridError, RasterError
from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs
from ejmap_geo.grids.grid import BasemapGrid

BASEMAP = BasemapGrid(body=MOON, width_px=1440)
GEOD = Geod(a=MOON.radius_m, b=MOON.radius_m)
RADIUS_M = 100_000.0


def _smooth(lon_deg: np.ndarray, lat_deg: np.ndarray) -> np.ndarray:
    """Return a field without seams: a sum of waves along the three axes."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    return 100 + 20 * np.sin(6 * x) + 15 * np.cos(5 * y + 1) + 10 * np.sin(7 * z)


def _smooth_mosaic() -> np.ndarray:
    rows, cols = np.mgrid[: BASEMAP.shape[0], : BASEMAP.shape[1]] + 0.5
    return _smooth(cols / 4 - 180, 90 - rows / 4).astype(np.float32)


@pytest.mark.parametrize("turned_deg", [0.0, 67.0])
def test_tiles_show_what_lies_there(center: LonLat, turned_deg: float) -> None:
    """Pixel centres carried to the ground by pyproj; poles, antimeridian, and turned tiles."""
    place = TilePlace(center=center, radius_m=RADIUS_M)

    tiles = cut_tiles(
        _smooth_mosaic(), [place], basemap=BASEMAP, light_azimuth_deg=270 + turned_deg, nodata=None
    )

    offset_m = ((np.arange(32) + 0.5) / 16 - 1) * 2.2 * RADIUS_M
    right_m, up_m = np.meshgrid(offset_m, -offset_m)
    # Up points to the azimuth by which the light was turned.
    turn = np.radians(turned_deg)
    east_m = right_m * np.cos(turn) + up_m * np.sin(turn)
    north_m = up_m * np.cos(turn) - right_m * np.sin(turn)
    crs = azimuthal_crs(MOON, center=center)
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    expected = _smooth(*to_degrees.transform(east_m, north_m))
    np.testing.assert_allclose(tiles.values[0], expected, atol=0.05)
    assert tiles.light_from_deg == 270
    assert tiles.valid_share[0] == 1


def test_a_tile_spans_2_2_diameters() -> None:
    """A white disc as large as the crater fills pi / (4 * 2.2^2) of its tile."""
    center = LonLat(12.3, 45.6)
    rows, cols = np.mgrid[: BASEMAP.shape[0], : BASEMAP.shape[1]] + 0.5
    lon, lat = np.full(rows.shape, center.lon_deg), np.full(rows.shape, center.lat_deg)
    distance_m = GEOD.inv(lon, lat, cols / 4 - 180, 90 - rows / 4)[2]

    tiles = cut_tiles(
        (distance_m < RADIUS_M).astype(np.float32),
        [TilePlace(center=center, radius_m=RADIUS_M)],
        basemap=BASEMAP,
        light_azimuth_deg=None,
        nodata=None,
    )

    assert tiles.values.mean() == pytest.approx(np.pi / 4 / 2.2**2, rel=0.01)
    assert tiles.light_from_deg is None


def test_large_tiles_average_what_they_pass_over() -> None:
    """A chessboard of single pixels becomes grey, not stripes of black and white."""
    rows, cols = np.mgrid[: BASEMAP.shape[0], : BASEMAP.shape[1]]
    chessboard = ((rows + cols) % 2 * 255).astype(np.uint8)
    place = TilePlace(center=LonLat(0, 0), radius_m=400_000)

    tiles = cut_tiles(chessboard, [place], basemap=BASEMAP, light_azimuth_deg=None, nodata=None)

    assert tiles.values.std() < 12


def test_pixels_without_data_take_the_mean_of_the_others() -> None:
    """The western half was not imaged: half a tile, filled, and it says so; a blank tile is 0."""
    mosaic = np.full(BASEMAP.shape, 80, np.uint8)
    mosaic[:, :720] = 0
    places = [TilePlace(center=LonLat(lon, 0), radius_m=RADIUS_M) for lon in (0, -90)]

    tiles = cut_tiles(mosaic, places, basemap=BASEMAP, light_azimuth_deg=None)

    np.testing.assert_array_equal(tiles.values[0], 80)
    np.testing.assert_allclose(tiles.valid_share, [0.5, 0], atol=1 / 32)
    np.testing.assert_array_equal(tiles.values[1], 0)


def test_a_moved_place_lies_where_a_geodesic_ends(center: LonLat) -> None:
    """Distance and azimuth of pyproj."""
    place = TilePlace(center=center, radius_m=RADIUS_M)

    there = place.moved(body=MOON, range_m=345_678.0, azimuth_deg=123.0)

    lon_deg, lat_deg, _ = GEOD.fwd(*center, 123.0, 345_678.0)
    assert GEOD.inv(*there.center, lon_deg, lat_deg)[2] < 0.01
    assert there.radius_m == RADIUS_M


def test_what_cannot_be_cut_is_refused() -> None:
    """A mosaic of another size, a basin that is half the planet, light that is not known."""
    place, basin = (TilePlace(center=LonLat(0, 0), radius_m=radius) for radius in (1e5, 1e6))
    mosaic = np.zeros(BASEMAP.shape)

    with pytest.raises(RasterError, match="its grid is"):
        cut_tiles(np.zeros((2, 4)), [place], basemap=BASEMAP, light_azimuth_deg=None)
    with pytest.raises(GridError, match="leave out such basins"):
        cut_tiles(mosaic, [basin], basemap=BASEMAP, light_azimuth_deg=None)
    with pytest.raises(RasterError, match="azimuth must be a number"):
        cut_tiles(mosaic, [place], basemap=BASEMAP, light_azimuth_deg=np.array([np.nan]))
    with pytest.raises(GridError, match="positive"):
        TilePlace(center=LonLat(0, 0), radius_m=0)
