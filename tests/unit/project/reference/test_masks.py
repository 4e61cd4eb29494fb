"""A mask is found where it lies, whichever grid it lies on."""

import math

import numpy as np
import pytest
from pyproj import Geod
from rasterio.transform import rowcol

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.reproject import polar_to_azimuthal
from ejmap_project.reference.drawing import Blanket, Drawing, Ray
from ejmap_project.reference.masks import (
    mask_of_azimuthal,
    mask_of_basemap,
    mask_of_drawing,
    mask_of_polar,
)

CENTER = LonLat(30, -45)
AZIMUTHAL = AzimuthalGrid.reaching(MERCURY, center=CENTER, resolution_m=4_000.0, reach_m=400_000.0)
POLAR = PolarGrid(
    body=MERCURY,
    center=CENTER,
    radius_m=20_000.0,
    rows=64,
    cols=128,
    inner_radii=0.9,
    outer_radii=19.0,
    offset_radii=3.0,
)


def _places(rng: np.random.Generator, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    reach = 420_000 / MERCURY.radius_m
    return reach * np.sqrt(rng.random(count)), rng.uniform(-2 * math.pi, 4 * math.pi, count)


def test_an_azimuthal_mask_is_read_at_the_pixel_that_rasterio_finds() -> None:
    """Any turn of azimuth is the same, and nothing is set outside of the raster."""
    rng = np.random.default_rng(1)
    mask = rng.random(AZIMUTHAL.shape) > 0.5
    range_rad, azimuth_rad = _places(rng)
    x_m = range_rad * MERCURY.radius_m * np.sin(azimuth_rad)
    y_m = range_rad * MERCURY.radius_m * np.cos(azimuth_rad)
    rows, cols = (np.array(one) for one in rowcol(AZIMUTHAL.transform, x_m, y_m))
    is_inside = (rows >= 0) & (rows < mask.shape[0]) & (cols >= 0) & (cols < mask.shape[1])
    expected = np.zeros(range_rad.shape, np.bool_)
    expected[is_inside] = mask[rows[is_inside], cols[is_inside]]

    found = mask_of_azimuthal(mask, AZIMUTHAL)(range_rad, azimuth_rad)

    np.testing.assert_array_equal(found, expected)
    assert not is_inside.all()


def test_a_mask_on_the_basemap_is_read_where_geodesics_lead() -> None:
    """Round the antimeridian and over the pole, at any turn of azimuth."""
    rng = np.random.default_rng(3)
    basemap = BasemapGrid(body=MERCURY, width_px=256)
    mask = rng.random(basemap.shape) > 0.5
    center = LonLat(178, 60)
    range_rad, azimuth_rad = (
        rng.uniform(0.01, 3, 4000),
        rng.uniform(-2 * math.pi, 4 * math.pi, 4000),
    )
    lon_deg, lat_deg, _ = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m).fwd(
        np.full(4000, center.lon_deg),
        np.full(4000, center.lat_deg),
        np.degrees(azimuth_rad),
        range_rad * MERCURY.radius_m,
    )
    places = [basemap.position(LonLat(*one)) for one in zip(lon_deg, lat_deg, strict=True)]
    expected = [mask[int(place.row), int(place.col) % 256] for place in places]

    found = mask_of_basemap(mask, basemap, center=center)(range_rad, azimuth_rad)

    assert np.count_nonzero(found != expected) <= 1
    with pytest.raises(RasterError, match="but its basemap is"):
        mask_of_basemap(mask[:, :8], basemap, center=center)


def test_a_polar_probability_is_what_the_product_maps() -> None:
    """At pixel centres it equals the mask on the azimuthal raster but for rounding at one half."""
    rng = np.random.default_rng(2)
    probability = rng.random(POLAR.shape).astype(np.float32)
    on_raster = polar_to_azimuthal(probability, polar=POLAR, azimuthal=AZIMUTHAL)
    half_px = AZIMUTHAL.half_size_px
    x, y = np.meshgrid(
        np.arange(2 * half_px) + 0.5 - half_px, half_px - 0.5 - np.arange(2 * half_px)
    )
    range_rad = np.hypot(x, y) * AZIMUTHAL.resolution_m / MERCURY.radius_m

    found = mask_of_polar(probability, POLAR)(range_rad, np.arctan2(x, y))

    is_sure = np.abs(on_raster - 0.5) > 0.01
    np.testing.assert_array_equal(found[is_sure], (on_raster > 0.5)[is_sure])
    assert 0.1 < found.mean() < 0.9


def test_a_grid_of_another_shape_is_refused() -> None:
    """Both adapters say what they got."""
    with pytest.raises(RasterError, match=r"mask is \(2, 2\)"):
        mask_of_azimuthal(np.zeros((2, 2), np.bool_), AZIMUTHAL)
    with pytest.raises(RasterError, match=r"probability is \(2, 2\)"):
        mask_of_polar(np.zeros((2, 2)), POLAR)


def test_a_drawing_as_a_mask_holds_its_rays_and_its_blanket() -> None:
    """Distances from a meridian through the crater are |sin r sin a|; the blanket is a ring."""
    drawing = Drawing(
        body="Mercury",
        crater="A",
        drawer="me",
        rays=(Ray(azimuth_deg=(0, 0), range_deg=(10, 20), half_width_deg=1.0, confidence=3),),
        blanket=Blanket(
            azimuth_deg=np.array([0.0, 120, 240]),
            inner_deg=np.full(3, 2.0),
            outer_deg=np.full(3, 4.0),
        ),
    )
    rng = np.random.default_rng(3)
    range_rad, azimuth_rad = np.radians(30 * rng.random(20_000)), rng.uniform(-0.2, 0.2, 20_000)
    from_axis = np.abs(np.sin(range_rad) * np.sin(azimuth_rad))
    along_deg = np.degrees(np.arctan(np.tan(range_rad) * np.cos(azimuth_rad)))
    in_ray = (from_axis <= math.sin(math.radians(1))) & (along_deg >= 10) & (along_deg <= 20)
    in_ring = (np.degrees(range_rad) >= 2) & (np.degrees(range_rad) <= 4)

    found = mask_of_drawing(drawing)(range_rad, azimuth_rad)

    np.testing.assert_array_equal(found, in_ray | in_ring)
    assert in_ray.any()
