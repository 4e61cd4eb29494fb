"""Hillshade against planes of known slope and a ball seen from the light."""

import math

import numpy as np
import pytest

from benchmarks.hillshade import Light, hillshade
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.grid import BasemapGrid

BASEMAP = BasemapGrid(body=MOON, width_px=360)
LOW_WEST = Light(azimuth_deg=270, elevation_deg=30)


def test_level_ground_is_as_bright_as_the_light_is_high() -> None:
    """The sine of 30 degrees everywhere, whatever the level."""
    shade = hillshade(np.full(BASEMAP.shape, -1234.5), basemap=BASEMAP, light=LOW_WEST)

    np.testing.assert_allclose(shade, 0.5, atol=1e-6)


@pytest.mark.parametrize(
    ("light_azimuth_deg", "height_above_slope_deg"),
    [
        pytest.param(270.0, 30 + math.degrees(math.atan(0.2)), id="the-slope-faces-the-light"),
        pytest.param(90.0, 30 - math.degrees(math.atan(0.2)), id="the-slope-looks-away"),
    ],
)
def test_a_slope_turns_to_or_from_the_light(light_azimuth_deg, height_above_slope_deg) -> None:
    """Ground that rises 1 in 5 to the east faces the west."""
    elevation_m = np.arange(360) * 0.2 * BASEMAP.resolution_m * np.ones((180, 1))
    light = Light(azimuth_deg=light_azimuth_deg, elevation_deg=30)

    shade = hillshade(elevation_m, basemap=BASEMAP, light=light)

    # Next to the equator a pixel is as wide as it is high.
    expected = math.sin(math.radians(height_above_slope_deg))
    assert shade[90, 100] == pytest.approx(expected, abs=1e-3)


def test_columns_go_round_and_rows_go_over_the_pole() -> None:
    """A hill in a corner is seen by its neighbours past the antimeridian and across the pole."""
    elevation_m = np.zeros(BASEMAP.shape)
    elevation_m[0, 0] = 5000.0

    shade = hillshade(elevation_m, basemap=BASEMAP, light=LOW_WEST)

    changed = {tuple(place) for place in np.argwhere(np.abs(shade - 0.5) > 1e-6).tolist()}
    assert changed == {(0, 1), (0, 359), (1, 0), (0, 180)}


def test_walls_away_from_the_light_are_black() -> None:
    """A cliff steeper than the light is high gets no light, never a negative one."""
    elevation_m = np.zeros(BASEMAP.shape)
    elevation_m[:, :180] = 200_000.0

    shade = hillshade(elevation_m, basemap=BASEMAP, light=LOW_WEST)

    assert shade[90, 180] == 0
    assert shade.min() == 0


def test_what_makes_no_sense_is_refused() -> None:
    """A light below the horizon, one without a direction, and elevation of another size."""
    with pytest.raises(RasterError, match="above the horizon"):
        Light(azimuth_deg=0, elevation_deg=0)
    with pytest.raises(RasterError, match="azimuth"):
        Light(azimuth_deg=float("nan"), elevation_deg=30)
    with pytest.raises(RasterError, match="its grid is"):
        hillshade(np.zeros((4, 8)), basemap=BASEMAP, light=LOW_WEST)
