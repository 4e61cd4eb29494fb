"""Ring profiles and contrast: constructed planets with known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.profile import contrast_at_equal_distance, ring_profile
from ejmap_geo.masks.placed_mask import PlacedMask, pixel_area_m2

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
WHOLE = Window(row=0, col=0, height=180, width=360)


def eastern_half(center: LonLat, reach_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return distances, and the mask of what lies east of a point up to a reach."""
    distance_m = basemap_distance_m(BASEMAP, WHOLE, origin=center)
    cols = np.arange(360) + 0.5
    is_east = ((cols - (center.lon_deg + 180)) % 360) < 180
    return distance_m, (distance_m < reach_m) & is_east


def test_contrast_is_what_was_added_inside() -> None:
    """Brightness that depends on distance alone cancels; the 7 and -3 grey levels inside remain."""
    center = LonLat(175.0, 30.0)
    distance_m, mask = eastern_half(center, 800_000)
    # Rings 2 px wide hold at most 0.2 levels of this slope, and both halves hold the same.
    slope = 100 - distance_m / 2e6 * 10
    raster = np.stack([slope + 7 * mask, slope - 3 * mask]).astype(np.float32)

    contrast = contrast_at_equal_distance(
        raster,
        basemap=BASEMAP,
        center=center,
        radius_m=40_000,
        mask=PlacedMask.from_full(mask, BASEMAP),
    )

    np.testing.assert_allclose(contrast, [7, -3], atol=0.02)


def test_a_mask_that_is_only_nearer_has_no_contrast_to_show() -> None:
    """A disc on a bright centre is brighter than its surroundings, but never in the same ring."""
    center = LonLat(20.0, -10.0)
    distance_m = basemap_distance_m(BASEMAP, WHOLE, origin=center)
    raster = (200 - distance_m / 1e5)[None].astype(np.float32)
    edges_m = np.array([0, 200_000, 400_000, 600_000.0])

    profile = ring_profile(
        raster,
        basemap=BASEMAP,
        center=center,
        mask=PlacedMask.from_full(distance_m < 400_000, BASEMAP),
        edges_m=edges_m,
    )

    np.testing.assert_array_equal(profile.ejecta_share, [1, 1, 0])
    assert np.isnan(profile.contrast).all()


@given(lon_deg=st.floats(-180, 179), lat_deg=st.sampled_from([-90.0, -55.5, 3.3, 89.0]))
def test_areas_of_rings_are_those_of_spherical_zones(lon_deg: float, lat_deg: float) -> None:
    """Inside and outside together make 2 pi R^2 (cos a - cos b), to the coarseness of pixels."""
    center = LonLat(lon_deg, lat_deg)
    edges_m = np.array([300_000, 900_000, 2_000_000, 5_000_000.0])
    _, mask = eastern_half(center, 1_500_000)

    profile = ring_profile(
        np.ones((1, *BASEMAP.shape), np.uint8),
        basemap=BASEMAP,
        center=center,
        mask=PlacedMask.from_full(mask, BASEMAP),
        edges_m=edges_m,
    )

    angle = edges_m / MERCURY.radius_m
    zones_m2 = 2 * np.pi * MERCURY.radius_m**2 * -np.diff(np.cos(angle))
    np.testing.assert_allclose(profile.inside_m2 + profile.outside_m2, zones_m2, rtol=0.02)


def test_pixels_without_data_do_not_count() -> None:
    """Nodata inside the mask neither darkens it nor adds area."""
    center = LonLat(0.0, 0.0)
    _, mask = eastern_half(center, 700_000)
    raster = np.where(mask, 120, 100)[None].astype(np.uint8)
    raster[:, :90] = 0

    contrast = contrast_at_equal_distance(
        raster,
        basemap=BASEMAP,
        center=center,
        radius_m=50_000,
        mask=PlacedMask.from_full(mask, BASEMAP),
    )

    np.testing.assert_allclose(contrast, [20])


def test_an_empty_mask_has_no_contrast() -> None:
    """There is nothing to compare."""
    contrast = contrast_at_equal_distance(
        np.ones((2, *BASEMAP.shape), np.uint8),
        basemap=BASEMAP,
        center=LonLat(0, 0),
        radius_m=50_000,
        mask=PlacedMask.empty(),
    )

    assert np.isnan(contrast).tolist() == [True, True]


def test_edges_that_do_not_grow_are_refused() -> None:
    """A ring of no width has no area."""
    with pytest.raises(RasterError, match="growing"):
        ring_profile(
            np.ones((1, *BASEMAP.shape), np.uint8),
            basemap=BASEMAP,
            center=LonLat(0, 0),
            mask=PlacedMask.empty(),
            edges_m=np.array([0.0, 5.0, 5.0]),
        )


def test_a_raster_of_another_grid_is_refused() -> None:
    """Its pixels would be read from beside it."""
    with pytest.raises(RasterError, match="raster must be"):
        ring_profile(
            np.ones((1, BASEMAP.shape[0] - 1, BASEMAP.shape[1]), np.uint8),
            basemap=BASEMAP,
            center=LonLat(0, 0),
            mask=PlacedMask.empty(),
            edges_m=np.array([0.0, 5.0]),
        )


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("first_m", [0.0, 120_000.0])
@pytest.mark.parametrize(
    ("center", "reach_m"),
    [
        (LonLat(179.2, 3.3), 700_000),
        (LonLat(-60.0, 71.0), 2_500_000),
        (LonLat(20.5, -89.0), 4_000_000),
        (LonLat(20.5, 0.5), 7_600_000),
    ],
)
def test_rings_add_up_what_their_pixels_say_one_by_one(
    center: LonLat, reach_m: float, first_m: float, dtype: type
) -> None:
    """Runs are found at the antimeridian, over poles and up to the antipode, and leave out gaps."""
    random = np.random.default_rng(5)
    raster = random.integers(0, 200, (3, *BASEMAP.shape)).astype(dtype)
    raster[:, random.random(BASEMAP.shape) < 0.1] = 0
    raster[:, 60:110] = random.integers(1, 200, (3, 50, 360))
    mask = random.random(BASEMAP.shape) < 0.2
    mask[:, ::3] = False
    edges_m = np.linspace(first_m, reach_m, 24)

    profile = ring_profile(
        raster,
        basemap=BASEMAP,
        center=center,
        mask=PlacedMask.from_full(mask, BASEMAP),
        edges_m=edges_m,
    )

    ring = np.digitize(basemap_distance_m(BASEMAP, WHOLE, origin=center), edges_m) - 1
    area_m2 = np.broadcast_to(pixel_area_m2(BASEMAP, WHOLE)[:, None], BASEMAP.shape)
    for chosen, total_m2, means in (
        (mask, profile.inside_m2, profile.inside_mean),
        (~mask, profile.outside_m2, profile.outside_mean),
    ):
        counts = chosen & raster.any(axis=0) & (ring >= 0) & (ring < 23)
        weights = area_m2[counts]
        expected_m2 = np.bincount(ring[counts], weights, minlength=23)
        np.testing.assert_allclose(total_m2, expected_m2, rtol=1e-12)
        for band, mean in zip(raster.astype(np.float64), means, strict=True):
            total = np.bincount(ring[counts], weights * band[counts], minlength=23)
            known = expected_m2 > 0
            np.testing.assert_allclose(mean[known], (total[known] / expected_m2[known]), rtol=1e-12)
            assert np.isnan(mean[~known]).all()
