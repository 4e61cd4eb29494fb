"""Polygons on grids against point-in-polygon by shapely and distances by pyproj."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer
from shapely.geometry import MultiPolygon, Polygon, box

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.polygons import rasterized, rasterized_on_planet

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)


def rim(center: LonLat, radius_m: float) -> Polygon:
    """Return 720 points at one distance from a point, by pyproj, in degrees."""
    azimuth_deg = np.arange(0, 360, 0.5) + 0.1
    lon_deg, lat_deg, _ = GEOD.fwd(
        np.full_like(azimuth_deg, center.lon_deg),
        np.full_like(azimuth_deg, center.lat_deg),
        azimuth_deg,
        np.full_like(azimuth_deg, radius_m),
    )
    return Polygon(np.stack([lon_deg, lat_deg], axis=1))


def on_planet(polygon: Polygon | MultiPolygon) -> np.ndarray:
    """Return a polygon as a mask of the whole basemap."""
    mask = np.zeros(BASEMAP.shape, np.bool_)
    rasterized_on_planet(polygon, basemap=BASEMAP).paste_into(mask)
    return mask


def test_a_rim_fills_its_disc(center: LonLat, pixel_centers: Callable) -> None:
    """Around a pole and across the antimeridian too; only pixels on the very rim may differ."""
    radius_m = 700_000.0
    rows, cols = pixel_centers(BASEMAP.shape)
    origin = np.full_like(rows, center.lon_deg), np.full_like(rows, center.lat_deg)
    _, _, distance_m = GEOD.inv(*origin, cols - 180, 90 - rows)

    mask = on_planet(rim(center, radius_m))

    is_on_rim = np.abs(distance_m - radius_m) < 2_000
    np.testing.assert_array_equal(mask[~is_on_rim], (distance_m < radius_m)[~is_on_rim])


def test_an_azimuthal_polygon_takes_the_pixels_whose_centre_is_inside() -> None:
    """Against shapely, on a grid in metres."""
    grid = AzimuthalGrid(body=MERCURY, center=LonLat(3, 4), resolution_m=1000, half_size_px=20)
    star = Polygon([(-9_000, -8_100), (300, 15_700), (11_300, -7_900), (200, -1_300)])
    cols, rows = np.meshgrid(np.arange(40) + 0.5, np.arange(40) + 0.5)
    x, y = grid.transform @ (cols, rows)

    mask = rasterized(star, grid=grid)

    np.testing.assert_array_equal(mask, shapely.contains_xy(star, x, y))


def test_longitudes_that_jump_and_longitudes_that_go_on_mean_the_same() -> None:
    """170 to -170 and 170 to 190 both are 20 degrees across the antimeridian."""
    jumping = Polygon([(170, -5), (-170, -5), (-170, 5), (170, 5)])

    mask = on_planet(jumping)

    np.testing.assert_array_equal(mask, on_planet(box(170, -5, 190, 5)))
    np.testing.assert_array_equal(np.flatnonzero(mask.any(0)), [*range(10), *range(350, 360)])
    np.testing.assert_array_equal(np.flatnonzero(mask.any(1)), np.arange(85, 95))


def test_a_hole_across_the_antimeridian_stays_open() -> None:
    """Shell and hole may be written on different sides of the antimeridian."""
    hole = [(-178, -2), (-176, -2), (-176, 2), (-178, 2)]
    shell = Polygon([(170, -5), (190, -5), (190, 5), (170, 5)], holes=[hole])

    mask = on_planet(shell)

    assert mask.sum() == 20 * 10 - 2 * 4
    assert not mask[88:92, 2:4].any()


def test_parts_of_a_multipolygon_are_joined() -> None:
    """Two far islands in one mask."""
    mask = on_planet(MultiPolygon([box(0, 0, 3, 2), box(100, -40, 101, -38)]))

    assert mask.sum() == 6 + 2


def test_an_empty_polygon_sets_nothing() -> None:
    """On either kind of grid."""
    assert not on_planet(Polygon()).any()
    assert not rasterized(Polygon(), grid=BASEMAP).any()


def test_metres_for_degrees_are_refused() -> None:
    """A rim in projected metres has latitudes beyond the pole."""
    with pytest.raises(RasterError, match="degrees"):
        on_planet(box(0, 0, 5000, 5000))


R = MERCURY.radius_m
NORTH, SOUTH = f"+proj=stere +lat_0=90 +R={R}", f"+proj=stere +lat_0=-90 +lon_0=40 +R={R}"
OBLIQUE = f"+proj=aeqd +lat_0=70 +lon_0=30 +R={R}"
FLAT, DEGREES = f"+proj=eqc +R={R}", f"+proj=longlat +R={R}"
FAR_SIDE = f"+proj=merc +lon_0=180 +R={R} +units=km"


FOLDED = Polygon(
    [
        *((800e3, -99e3), (800e3, 500e3), (-800e3, 500e3), (-800e3, -500e3)),
        *((300e3, -500e3), (400e3, 200e3), (500e3, -500e3), (800e3, -500e3)),
    ]
)


def cap(radius_m: float, x: float = 0, y: float = 0) -> Polygon:
    """Return a disc with 256 corners."""
    return shapely.Point(x, y).buffer(radius_m, 64)


@pytest.mark.parametrize(
    ("crs", "drawn"),
    [
        pytest.param(NORTH, cap(600e3, 1234, 567), id="cap-of-the-north"),
        pytest.param(SOUTH, cap(600e3, 1234, 567), id="cap-of-the-south"),
        pytest.param(NORTH, cap(9_000e3), id="beyond-the-equator-to-the-other-pole"),
        pytest.param(SOUTH, cap(9_000e3), id="beyond-the-equator-from-the-south"),
        pytest.param(NORTH, cap(900e3) - cap(300e3, 50e3), id="ring-about-a-pole"),
        pytest.param(NORTH, cap(900e3) - cap(99e3, 400e3), id="hole-beside-a-pole"),
        pytest.param(NORTH, box(-800e3, 0, 800e3, 700e3), id="edge-through-a-pole"),
        pytest.param(SOUTH, box(0, 0, 800e3, 700e3), id="corner-on-a-pole"),
        pytest.param(SOUTH, box(-800e3, 1e3, 800e3, 700e3), id="edge-beside-a-pole"),
        pytest.param(NORTH, FOLDED, id="notch-between-the-first-corner-and-the-pole"),
        pytest.param(OBLIQUE, cap(1_500e3), id="pole-off-the-middle"),
        pytest.param(FLAT, box(-2e6, 3.3e6, 6e6, 3.7e6), id="wider-than-half-a-turn"),
        pytest.param(FAR_SIDE, box(-999, 100, 888, 900), id="across-the-antimeridian-in-km"),
        pytest.param(DEGREES, box(-180, 79.2, 180, 90), id="polar-rows-in-degrees"),
        pytest.param(DEGREES, box(-100.2, -30.1, 120.3, 3), id="wide-in-degrees"),
        pytest.param(DEGREES, box(170.2, -30.1, 200.3, 3), id="past-180-degrees"),
    ],
)
def test_a_polygon_encloses_what_it_encloses_where_it_was_drawn(
    crs: str, drawn: Polygon, pixel_centers: Callable
) -> None:
    """Against pyproj and shapely: the centre of each pixel in the CRS, and whether it is inside."""
    rows, cols = pixel_centers(BASEMAP.shape)
    there = Transformer.from_crs(geographic_crs(MERCURY), crs, always_xy=True)
    lon_deg, lat_deg = cols - 180, 90 - rows
    inside, near = np.zeros(BASEMAP.shape, np.bool_), np.zeros(BASEMAP.shape, np.bool_)
    for turn_deg in (0, 360) if crs == DEGREES else (0,):
        x, y = (lon_deg + turn_deg, lat_deg) if turn_deg else there.transform(lon_deg, lat_deg)
        points = shapely.points(np.where(np.isfinite(x + y), [x, y], 1e9).T).T
        inside |= shapely.contains(drawn, points)
        # Edges may bend by a sixteenth of a pixel.
        tolerance = 0.06 * (1 if crs == DEGREES else BASEMAP.resolution_m)
        near |= shapely.distance(drawn.boundary, points) < tolerance / (1e3 if "km" in crs else 1)

    mask = np.zeros(BASEMAP.shape, np.bool_)
    rasterized_on_planet(drawn, basemap=BASEMAP, drawn_in=CRS(crs)).paste_into(mask)

    assert inside.any()
    assert near.sum() < 0.2 * inside.sum() + 20
    np.testing.assert_array_equal(mask[~near], inside[~near])


def test_a_polygon_beyond_the_planet_is_refused() -> None:
    """An orthographic view ends at its limb; a latitude beyond 90 degrees is none."""
    view = CRS(f"+proj=ortho +lat_0=90 +R={R}")

    with pytest.raises(RasterError, match="leaves the planet in its CRS"):
        rasterized_on_planet(cap(1.2 * R), basemap=BASEMAP, drawn_in=view)
    with pytest.raises(RasterError, match="end it at 90 degrees"):
        rasterized_on_planet(box(0, 80, 9, 95), basemap=BASEMAP, drawn_in=CRS(DEGREES))
