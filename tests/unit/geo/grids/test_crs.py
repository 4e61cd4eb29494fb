"""Coordinate reference systems: the right sphere, axes and projections."""

import pytest
from pyproj import CRS, Geod, Transformer

from ejmap_geo.errors import CrsError
from ejmap_geo.grids.body import BODIES, MERCURY, MOON, Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import (
    azimuthal_crs,
    equidistant_cylindrical_crs,
    geographic_crs,
    require_body,
)

NEW = Body(name="New", radius_m=470_000.0)


@pytest.mark.parametrize("body", [*BODIES.values(), NEW], ids=lambda body: body.name)
def test_every_crs_of_a_body_lies_on_its_sphere(body: Body) -> None:
    """With or without an authority code."""
    crss = [
        geographic_crs(body),
        equidistant_cylindrical_crs(body),
        azimuthal_crs(body, center=LonLat(10, 20)),
    ]

    for crs in crss:
        require_body(crs, body, what="this raster")


@pytest.mark.parametrize("body", [*BODIES.values(), NEW], ids=lambda body: body.name)
def test_every_crs_has_a_name_that_tells_the_body(body: Body) -> None:
    """A GIS shows the name, so it is never "unknown"; the base CRS has one too."""
    crss = [equidistant_cylindrical_crs(body), azimuthal_crs(body, center=LonLat(10, -20))]

    for crs in crss:
        assert crs.geodetic_crs is not None
        assert body.name in crs.name
        assert body.name in crs.geodetic_crs.name


def test_a_registered_projection_keeps_its_code() -> None:
    """The IAU lists simple cylindrical of the Moon on this very sphere, not that of Mercury."""
    assert equidistant_cylindrical_crs(MOON).to_authority() == ("IAU_2015", "30110")
    assert equidistant_cylindrical_crs(MERCURY).to_authority() is None


def test_the_basemap_is_true_to_scale_along_the_equator_and_the_meridians() -> None:
    """90 degrees are a quarter of the circumference in both directions."""
    to_metres = Transformer.from_crs(
        geographic_crs(MERCURY), equidistant_cylindrical_crs(MERCURY), always_xy=True
    )

    x, y = to_metres.transform(90, -45)

    assert x == pytest.approx(MERCURY.half_circumference_m / 2)
    assert y == pytest.approx(-MERCURY.half_circumference_m / 4)


def test_azimuthal_coordinates_are_distance_and_azimuth_from_the_centre() -> None:
    """Against a geodesic of 1234 km to azimuth 70 from a point near the antimeridian."""
    center = LonLat(178, -40)
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    lon_deg, lat_deg, _ = geod.fwd(*center, 70, 1_234_000)
    to_metres = Transformer.from_crs(
        geographic_crs(MERCURY), azimuthal_crs(MERCURY, center=center), always_xy=True
    )

    x, y = to_metres.transform(lon_deg, lat_deg)

    assert x == pytest.approx(1_234_000 * 0.9396926)
    assert y == pytest.approx(1_234_000 * 0.3420201)


@pytest.mark.parametrize(
    ("crs", "remedy"),
    [
        pytest.param(geographic_crs(MOON), "name the right body", id="another-planet"),
        pytest.param(CRS.from_user_input("EPSG:4326"), "name the right body", id="the-earth"),
        # R = 2 440 530 m: relabelled, the antimeridian would be 3.55 km off.
        pytest.param(
            CRS.from_user_input("IAU_2015:19900"), "reproject it", id="another-sphere-of-mercury"
        ),
    ],
)
def test_data_of_another_sphere_are_refused(crs: CRS, remedy: str) -> None:
    """The message names the data, both spheres and the way out."""
    with pytest.raises(CrsError, match=rf"the mask is on .* sphere of 2439400 m; {remedy}"):
        require_body(crs, MERCURY, what="the mask")


def test_a_crs_without_an_ellipsoid_is_refused() -> None:
    """A local engineering system has no planet."""
    local = CRS.from_wkt(
        'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],'
        'AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    )

    with pytest.raises(CrsError, match="which places nothing on a map"):
        require_body(local, MERCURY, what="the mask")
