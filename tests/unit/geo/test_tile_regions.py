"""Regions of tiles: blocks of longitude by hand, reach against pyproj and shapely."""

import numpy as np
import pytest
from pyproj import Geod, Transformer
from shapely import Polygon

from ejmap_geo.body import MOON
from ejmap_geo.coords import LonLat
from ejmap_geo.crs import azimuthal_crs
from ejmap_geo.errors import GridError
from ejmap_geo.local_tiles import TilePlace
from ejmap_geo.tile_regions import angles_rad, longitude_blocks, reaches_any

GEOD = Geod(a=MOON.radius_m, b=MOON.radius_m)


def _place(lon_deg: float, lat_deg: float, radius_m: float = 50e3) -> TilePlace:
    return TilePlace(center=LonLat(lon_deg, lat_deg), radius_m=radius_m)


def test_blocks_hold_their_western_end() -> None:
    """Twelve blocks of 30 degrees from -180; 180 is -180."""
    places = [_place(lon, 0) for lon in (-180, -150.001, -150, 0, 179.9, 180)]

    blocks = longitude_blocks(places)

    assert blocks.tolist() == [0, 0, 1, 6, 11, 0]


def test_blocks_that_do_not_close_are_refused() -> None:
    """Seven degrees do not divide a circle."""
    with pytest.raises(GridError, match="divide 360"):
        longitude_blocks([_place(0, 0)], width_deg=7)


def test_angles_are_those_of_geodesics(center: LonLat) -> None:
    """Near, far and antipodal, from every hard place."""
    others = [_place(*center), _place(center.lon_deg + 0.001, 0), _place(33, -44)]

    apart_m = angles_rad([_place(*center)], others)[0] * MOON.radius_m

    expected_m = [GEOD.inv(*center, *other.center)[2] for other in others]
    np.testing.assert_allclose(apart_m, expected_m, atol=0.01)


def test_tiles_that_do_not_reach_each_other_share_no_ground() -> None:
    """Squares drawn by pyproj and intersected by shapely: none that was let through overlaps."""
    rng = np.random.default_rng(0)
    tests = [_place(float(x), float(y)) for x, y in rng.uniform((0, 60), (30, 88), (12, 2))]
    trains = [_place(float(x), float(y)) for x, y in rng.uniform((30, 60), (60, 88), (12, 2))]

    meets = reaches_any(trains, tests, body=MOON)

    overlaps = np.array([any(_overlap(train, test) for test in tests) for train in trains])
    assert overlaps.any()
    assert not overlaps[~meets].any()
    assert (~meets).any()


def test_nothing_reaches_nothing() -> None:
    """Without other tiles no tile is in the way."""
    assert not reaches_any([_place(0, 0)], [], body=MOON).any()


def _overlap(one: TilePlace, other: TilePlace) -> bool:
    plane = azimuthal_crs(MOON, center=one.center)
    return _square(one, plane).intersects(_square(other, plane))


def _square(place: TilePlace, plane) -> Polygon:
    """Return the outline of a tile, 16 points a side, in the plane of an azimuthal CRS."""
    along = np.linspace(-1, 1, 17)[:-1]
    ones = np.ones(16)
    x_m = np.concatenate([along, ones, -along, -ones]) * place.half_side_m
    y_m = np.concatenate([-ones, along, ones, -along]) * place.half_side_m
    own = azimuthal_crs(MOON, center=place.center)
    return Polygon(np.column_stack(Transformer.from_crs(own, plane).transform(x_m, y_m)))
