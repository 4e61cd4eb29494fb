"""Crater-free places and regions against pyproj's geodesics."""

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.craters.crater_free import crater_free_places, rim_distances_m
from ejmap_geo.craters.local_tiles import TilePlace
from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.coords import LonLat

GEOD = Geod(a=MOON.radius_m, b=MOON.radius_m)


def _catalogue(count: int, *, seed: int) -> list[TilePlace]:
    rng = np.random.default_rng(seed)
    lat_deg = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return [
        TilePlace(center=LonLat(float(lon), float(lat)), radius_m=float(radius_m))
        for lon, lat, radius_m in zip(
            rng.uniform(-180, 180, count), lat_deg, rng.uniform(20e3, 90e3, count), strict=True
        )
    ]


def _distance_m(some: LonLat, other: LonLat) -> float:
    return GEOD.inv(*some, *other)[2]


def test_places_match_their_craters_and_no_rim_crosses_them() -> None:
    """Of the same size, one to three tile sides away, every rim farther than their radius."""
    craters = _catalogue(150, seed=3)

    free = crater_free_places(craters, body=MOON, rng=np.random.default_rng(1))

    assert len(free.places) == len(free.matches) > 100
    for place, match in zip(free.places, free.matches, strict=True):
        crater = craters[match]
        assert place.radius_m == crater.radius_m
        diameters = _distance_m(place.center, crater.center) / (2 * crater.radius_m)
        assert 2.199 < diameters < 6.601
        for other in craters:
            rim_m = abs(_distance_m(place.center, other.center) - other.radius_m)
            assert rim_m > place.radius_m


def test_the_floor_of_a_basin_is_free_and_its_wall_is_not() -> None:
    """Nearest rims by hand: 500 km from the middle of the floor, 0 on the wall."""
    basin = TilePlace(center=LonLat(10, 20), radius_m=500e3)
    floor = TilePlace(center=LonLat(10, 20), radius_m=20e3)
    wall = floor.moved(body=MOON, range_m=500e3, azimuth_deg=77)

    rim_m = rim_distances_m([floor, wall], [basin], body=MOON)

    np.testing.assert_allclose(rim_m, [500e3, 0], atol=1e-3)


def test_a_crater_without_room_has_no_match() -> None:
    """A crater whose ring is filled by a crowd is left out; the others keep their places."""
    lonely = TilePlace(center=LonLat(100, 0), radius_m=30e3)
    crowded = TilePlace(center=LonLat(0, 0), radius_m=30e3)
    crowd = [
        TilePlace(center=LonLat(float(lon), float(lat)), radius_m=28e3)
        for lon in range(-16, 17, 2)
        for lat in range(-16, 17, 2)
    ]

    free = crater_free_places([crowded, lonely, *crowd], body=MOON, rng=np.random.default_rng(0))

    assert 0 not in free.matches
    assert 1 in free.matches


def test_the_same_seed_finds_the_same_places() -> None:
    """Chance comes from the generator alone."""
    craters = _catalogue(10, seed=5)

    one, same = (
        crater_free_places(craters, body=MOON, rng=np.random.default_rng(4)) for _ in range(2)
    )

    assert one.places == same.places


def test_more_clearance_leaves_less_room() -> None:
    """With a clearance of five radii rims are five radii away, and some craters have no match."""
    craters = _catalogue(200, seed=8)

    free = crater_free_places(craters, body=MOON, rng=np.random.default_rng(2), clearance_radii=5)

    rim_m = rim_distances_m(free.places, craters, body=MOON)
    radius_m = np.array([place.radius_m for place in free.places])
    assert 0 < len(free.places) < 200
    assert (rim_m / radius_m).min() == pytest.approx(5, rel=0.3)
    assert (rim_m > 5 * radius_m).all()


def test_only_the_craters_that_are_asked_for_are_matched() -> None:
    """The others still keep places away from their rims."""
    craters = [
        TilePlace(center=LonLat(lon_deg, 0), radius_m=20_000.0, side_diameters=3.0)
        for lon_deg in (0, 90, 180)
    ]

    free = crater_free_places(craters, body=MOON, rng=np.random.default_rng(0), matched=[2])

    assert free.matches.tolist() == [2]
    assert free.places[0].side_diameters == 3.0
    nearest_m = rim_distances_m(free.places, craters, body=MOON)
    assert nearest_m[0] > 3 * 40_000 - 20_000 - 1
