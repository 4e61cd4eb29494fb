"""Polar views are normalised by their own medians and say where they are and what they miss."""

from statistics import median

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.reproject import to_polar
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import polar_grid, polar_view

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
DEGREE_M = MERCURY.half_circumference_m / 180
CRATER = Crater(crater_id=1, name="", center=LonLat(20, 10), radius_m=3 * DEGREE_M)
CONFIG = PolarViewConfig(
    rows=8, cols=12, inner_radii=1.0, outer_radii=20.0, range_samples=1, azimuth_samples=1
)


def _noise(*, bands: int = 2, low: int = 20, high: int = 100) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(low, high, (bands, *BASEMAP.shape), dtype=np.uint8)


def _view(raster: np.ndarray, config: PolarViewConfig = CONFIG) -> np.ndarray:
    return polar_view(raster, basemap=BASEMAP, crater=CRATER, config=config)


def _cells(raster: np.ndarray) -> np.ndarray:
    grid = polar_grid(CRATER, body=MERCURY, config=CONFIG)
    return to_polar(raster, basemap=BASEMAP, polar=grid).astype(np.float64)


def _distance_radii() -> np.ndarray:
    whole = Window(row=0, col=0, height=BASEMAP.shape[0], width=BASEMAP.shape[1])
    return basemap_distance_m(BASEMAP, whole, origin=CRATER.center) / CRATER.radius_m


@pytest.mark.parametrize("bands", [1, 3])
def test_a_view_has_two_channels_a_band_and_four_of_geometry(bands) -> None:
    """Channels of a network follow from the bands of the mosaic."""
    view = _view(_noise(bands=bands))

    assert view.shape == (2 * bands + 4, 8, 12)
    assert view.dtype == np.float32


def test_bands_are_in_robust_sigmas_from_the_median_of_the_view() -> None:
    """Medians of the standard library, ten per cent of the planet without data."""
    raster = _noise()
    raster[:, :, 200:236] = 0

    view = _view(raster)

    for band, cells in enumerate(_cells(raster)):
        seen = [float(cell) for cell in cells.ravel() if not np.isnan(cell)]
        middle = median(seen)
        sigma = 1.4826 * median(abs(cell - middle) for cell in seen)
        expected = np.nan_to_num((cells - middle) / sigma)
        np.testing.assert_allclose(view[band], expected, atol=1e-5)
        for row, ring in enumerate(cells):
            of_ring = [float(cell) for cell in ring if not np.isnan(cell)]
            expected = np.nan_to_num((ring - median(of_ring)) / sigma)
            np.testing.assert_allclose(view[2 + band, row], expected, atol=1e-5)


def test_sigmas_are_clipped_at_five() -> None:
    """A few white pixels on a calm planet are as bright as can be, and no brighter."""
    raster = _noise(bands=1, low=100, high=104)
    raster[0, 70:90, 205:225] = 255

    view = _view(raster)

    assert view[:2].max() == 5


def test_a_flat_view_is_scaled_by_one_grey_level() -> None:
    """Without any spread, one level more is one sigma."""
    raster = np.full((1, *BASEMAP.shape), 50, np.uint8)
    raster[0, :, 200:] = 51
    raster[0, :, 230:] = 50

    view = _view(raster)

    assert set(np.unique(view[0])) == {0.0, 1.0}


def test_contrast_and_level_of_the_mosaic_do_not_matter() -> None:
    """The bands of a mosaic that was stretched and lifted look the same."""
    raster = _noise()
    raster[:, 60:70, 180:220] = 0
    has_data = raster.any(axis=0)
    stretched = np.where(has_data, 2 * raster + 30, 0).astype(np.uint8)

    found, expected = _view(stretched), _view(raster)

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_bright_ring_shows_against_the_view_and_not_against_itself() -> None:
    """What all azimuths share is taken away by the ring's own median."""
    raster = _noise(bands=1, low=50, high=54)
    grid = polar_grid(CRATER, body=MERCURY, config=CONFIG)
    nearest, farthest = grid.range_radii[[4, 6]]
    distance = _distance_radii()
    raster[0, (distance > nearest) & (distance < farthest)] += 6

    view = _view(raster)

    assert view[0, 5].min() > 1.5
    assert view[0, [2, 3, 7]].max() < 1.5
    assert abs(float(np.median(view[1, 5]))) < 1e-6
    assert np.abs(view[1, 5]).max() < 1.5


def test_a_bright_ray_shows_against_the_view_and_against_its_rings() -> None:
    """A meridian strip towards north is the first and the last azimuth."""
    raster = _noise(bands=1, low=50, high=52)
    raster[0, :80, 190:210] += 8

    view = _view(raster)

    for channel in view[:2, 2:6]:
        assert channel[:, [0, -1]].min() > 3
        assert channel[:, 3:9].max() < 3


def test_geometry_channels_are_ranges_and_size() -> None:
    """Log range by hand: (inner + offset) (outer + offset / inner + offset)^t - offset."""
    view = _view(_noise(bands=1))

    ranges = [4.0 * (23.0 / 4.0) ** ((row + 0.5) / 8) - 3.0 for row in range(8)]
    expected = np.array(
        [
            [np.log(one) / 2 - 1 for one in ranges],
            [min(one * 3 / 180, 1) for one in ranges],  # one radius is three degrees
            [np.log(3.0) / 2] * 8,  # and three pixels
        ]
    )
    np.testing.assert_allclose(view[2:5], np.repeat(expected[:, :, None], 12, axis=2), rtol=1e-6)
    assert view[5].min() == 1


def test_cells_without_data_are_zero_and_marked() -> None:
    """A gap to the east of the crater; geometry is known there too."""
    raster = _noise()
    raster[:, 60:100, 215:260] = 0

    view = _view(raster)

    is_missing = np.isnan(_cells(raster)[0])
    assert 0 < is_missing.mean() < 0.5
    np.testing.assert_array_equal(view[-1] == 0, is_missing)
    np.testing.assert_array_equal(view[-1] == 1, ~is_missing)
    assert not view[:4, is_missing].any()
    assert view[4:7, is_missing].all()


def test_beyond_the_antipode_there_are_no_data() -> None:
    """Rows past 60 radii of three degrees; the angular range stays at most pi."""
    view = _view(_noise(), CONFIG.model_copy(update={"outer_radii": 80.0}))

    ranges = [4.0 * (83.0 / 4.0) ** ((row + 0.5) / 8) - 3.0 for row in range(8)]
    assert [bool(row.any()) for row in view[-1]] == [one < 60 for one in ranges]
    assert view[5].max() == 1
    assert np.isfinite(view).all()


def test_a_mosaic_without_data_gives_an_empty_view() -> None:
    """Nothing is seen, and nothing is divided by zero."""
    view = _view(np.zeros((2, *BASEMAP.shape), np.uint8))

    assert not view[:4].any()
    assert not view[-1].any()
    assert np.isfinite(view).all()
