"""What views are like in numbers, by mosaics whose numbers are known beforehand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import polar_view
from ejmap_ml.ejseg.view_statistics import in_words, view_statistics

BASEMAP = BasemapGrid(body=MERCURY, width_px=720)
CRATER = Crater(crater_id=1, name="", center=LonLat(20, 10), radius_m=90_000.0)
CONFIG = PolarViewConfig(scaling="ring")


def _statistics(*bands: NDArray[np.floating]) -> dict[str, float]:
    raster = np.clip(np.rint(np.stack(bands)), 1, 255).astype(np.uint8)
    return view_statistics(polar_view(raster, basemap=BASEMAP, crater=CRATER, config=CONFIG))


def _noise(seed: int = 0, sigma: float = 20) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(128, sigma, BASEMAP.shape)


def _blanket() -> NDArray[np.float64]:
    """Return grey levels that rise towards the crater, on rough ground."""
    whole = Window(row=0, col=0, height=BASEMAP.shape[0], width=BASEMAP.shape[1])
    radii = basemap_distance_m(BASEMAP, whole, origin=CRATER.center) / CRATER.radius_m
    return np.asarray(_noise(sigma=6) + 40 * np.exp(-radii / 4))


def test_noise_is_as_different_beside_as_far_away() -> None:
    """Neither skewed, nor brighter anywhere, nor rough on a large scale; hardly ever flat."""
    found = _statistics(_noise())

    assert found["texture_1"] == pytest.approx(1, abs=0.1)
    assert abs(found["skew_1"]) < 0.05
    assert abs(found["excess_1"]) < 0.15
    assert found["coarse_1"] < 0.4
    assert found["flat_1"] < 0.02
    assert found["clipped_1"] < 0.001


def test_an_inverted_mosaic_is_darker_where_the_mosaic_is_brighter() -> None:
    """Excess and skewness change their sign, all else stays."""
    bright, dark = _statistics(_blanket()), _statistics(256 - _blanket())

    assert bright["excess_1"] > 0.5
    for name, value in bright.items():
        sign = -1 if name in {"excess_1", "skew_1"} else 1
        assert dark[name] == pytest.approx(sign * value, abs=0.01), name


def test_the_stretch_of_a_mosaic_changes_nothing() -> None:
    """But for rounding to grey levels."""
    found, stretched = _statistics(_blanket()), _statistics(1.3 * _blanket() - 50)

    assert stretched == pytest.approx(found, rel=0.05, abs=0.02)


def test_clipped_levels_are_counted() -> None:
    """Above one sigma lie 16 % of the pixels; a cell is the mean of a few, so fewer are white."""
    found = _statistics(np.minimum(_blanket(), 140))

    assert found["clipped_1"] > 0.05
    assert found["flat_1"] > 0.05


def test_smooth_ground_is_alike_beside_and_not_far_away() -> None:
    """Waves of 60 pixels: little texture, nearly all of the spread is coarse."""
    rows, cols = np.indices(BASEMAP.shape)

    found = _statistics(128 + 40 * np.sin(cols * 2 * np.pi / 60) * np.sin(rows * 2 * np.pi / 60))

    assert found["texture_1"] < 0.5
    assert found["coarse_1"] > 0.5


def test_bands_correlate_as_they_were_made() -> None:
    """A copy by 1, its negative by -1, another noise by nothing."""
    found = _statistics(_noise(), 256 - _noise(), _noise(seed=1))

    assert found["correlation_12"] == pytest.approx(-1, abs=0.01)
    assert abs(found["correlation_13"]) < 0.1
    assert {name for name in found if name.endswith("_3")} == {
        *("excess_3", "skew_3", "texture_3", "coarse_3", "flat_3", "clipped_3"),
    }


def test_a_view_that_shows_nothing_has_no_numbers() -> None:
    """A crater in a part that was not imaged; a mosaic of one grey is flat, all of it clipped."""
    nothing = np.zeros((1, *BASEMAP.shape), np.uint8)

    assert view_statistics(polar_view(nothing, basemap=BASEMAP, crater=CRATER, config=CONFIG)) == {}
    plain = _statistics(np.full(BASEMAP.shape, 90.0))
    assert (plain["flat_1"], plain["clipped_1"]) == (1, 1)


def test_a_number_has_words() -> None:
    """With its bands, as people count them."""
    assert in_words("texture_2") == "fine texture (band 2)"
    assert in_words("correlation_13") == "correlation of bands (band 1 and 3)"
