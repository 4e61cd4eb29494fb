"""Regions of tiles: blocks of longitude by hand, reach against pyproj and shapely."""

import numpy as np
import pytest
from pyproj import Geod, Transformer
from shapely import Polygon

from ejmap_geo.craters.local_tiles import TilePlace
from ejmap_geo.craters.tile_regions import (
    angles_rad,
    fits_into_block,
    longitude_blocks,
    reaches_any,
    region_folds,
)
from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs

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


def test_folds_test_every_tile_once_and_share_no_ground() -> None:
    """Each tile is tested in the fold of its pair of blocks; trains do not reach into tests."""
    rng = np.random.default_rng(1)
    places = [
        _place(float(lon), float(lat))
        for lon, lat in zip(rng.uniform(-180, 180, 300), rng.uniform(-80, 80, 300), strict=True)
    ]

    folds = region_folds(places, body=MOON)

    assert sorted(np.concatenate([fold.tests for fold in folds]).tolist()) == list(range(300))
    for number, fold in enumerate(folds):
        pairs = {int((places[p].center.lon_deg + 180) // 60) for p in fold.tests}
        assert pairs == {number, number + 3}
        assert not set(fold.trains) & set(fold.tests)
        trains, tests = ([places[p] for p in part] for part in fold)
        apart_m = angles_rad(trains, tests) * MOON.radius_m
        assert (apart_m > 2 * np.sqrt(2) * 2.2 * 50e3).all()
        left_out = set(range(300)) - set(fold.trains) - set(fold.tests)
        others = [places[p] for p in left_out]
        assert reaches_any(others, tests, body=MOON).all()


def test_folds_that_cannot_be_made_are_refused() -> None:
    """One fold tests what trains; seven need more than six pairs of blocks."""
    for folds in (1, 7):
        with pytest.raises(GridError, match="cannot be made"):
            region_folds([_place(0, 0)], body=MOON, folds=folds)


def test_a_tile_must_fit_into_a_block() -> None:
    """30 degrees on the Moon are 909.7 km: tiles of craters of up to 206.7 km radius."""
    assert fits_into_block(_place(0, 0, radius_m=206.7e3), body=MOON)
    assert not fits_into_block(_place(0, 0, radius_m=206.8e3), body=MOON)
