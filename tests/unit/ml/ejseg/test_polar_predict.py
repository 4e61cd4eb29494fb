"""Polar predictions land where they were seen, and only where there are data."""

import math

import numpy as np
import pytest
import rasterio.transform
import torch
from torch import nn

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_ml.ejseg.polar_predict import map_crater, predict_view

RADIUS_M = 20_000.0
CENTER = LonLat(30, -45)
POLAR = PolarGrid(
    body=MERCURY,
    center=CENTER,
    radius_m=RADIUS_M,
    rows=96,
    cols=256,
    inner_radii=0.9,
    outer_radii=20.0,
    offset_radii=3.0,
)
AZIMUTHAL = AzimuthalGrid.reaching(
    MERCURY, center=CENTER, resolution_m=4_000.0, reach_m=22 * RADIUS_M
)


class Constant(nn.Module):
    """Give every cell the same probability."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.logit = nn.Parameter(torch.tensor(math.log(probability / (1 - probability))))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return ``(B, 1, rows, cols)`` logits."""
        return self.logit.expand(len(image), 1, *image.shape[2:])


class FirstChannel(nn.Module):
    """See ejecta where the first channel is 1, and none where it is 0."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(20.0))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return ``(B, 1, rows, cols)`` logits."""
        return (image[:, :1] - 0.5) * self.gain


def _view(first: np.ndarray | float = 0.0) -> np.ndarray:
    view = np.ones((2, *POLAR.shape), np.float32)
    view[0] = first
    return view


def _place_m() -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the pixel centres of the azimuthal raster."""
    row, col = np.indices(AZIMUTHAL.shape)
    x, y = rasterio.transform.xy(AZIMUTHAL.transform, row.ravel(), col.ravel())
    return np.reshape(x, row.shape), np.reshape(y, row.shape)


def test_probability_is_zero_where_there_are_no_data() -> None:
    """The network is asked there too, but not heard."""
    view = _view()
    view[-1, 10:20, 30:40] = 0

    probability = predict_view(Constant(0.8), view)

    expected = np.full(POLAR.shape, 0.8)
    expected[10:20, 30:40] = 0
    np.testing.assert_allclose(probability, expected, rtol=1e-6)


@pytest.mark.parametrize(("x_radii", "y_radii"), [(7, 4), (-6, 5), (-1, -11), (0, 9)])
def test_a_disc_in_the_view_is_a_disc_on_the_raster(x_radii, y_radii) -> None:
    """East is x and north is y; north is where columns of the view begin."""
    range_m = POLAR.range_radii[:, None] * RADIUS_M
    east_m, north_m = range_m * np.sin(POLAR.azimuth_rad), range_m * np.cos(POLAR.azimuth_rad)
    x_m, y_m, disc_m = x_radii * RADIUS_M, y_radii * RADIUS_M, 2.5 * RADIUS_M
    in_view = np.hypot(east_m - x_m, north_m - y_m) < disc_m

    layers = map_crater([FirstChannel()], _view(in_view), polar=POLAR, azimuthal=AZIMUTHAL)

    x, y = _place_m()
    expected = np.hypot(x - x_m, y - y_m) < disc_m
    found = layers.probability > 0.5
    assert (found & expected).sum() > 0.95 * (found | expected).sum()


def test_two_constant_networks_share_the_votes() -> None:
    """0.8 votes for ejecta and 0.3 against; their mean is 0.55."""
    layers = map_crater([Constant(0.8), Constant(0.3)], _view(), polar=POLAR, azimuthal=AZIMUTHAL)

    distance_radii = np.hypot(*_place_m()) / RADIUS_M
    is_seen = (distance_radii >= 0.9) & (distance_radii <= 20)
    np.testing.assert_allclose(layers.probability, np.where(is_seen, 0.55, 0), atol=1e-6)
    np.testing.assert_array_equal(layers.vote_fraction, np.where(is_seen, 0.5, 0))
    assert layers.member_count == 2


def test_an_ensemble_needs_a_network() -> None:
    """Nothing cannot be averaged."""
    with pytest.raises(RasterError, match="at least one member"):
        map_crater([], _view(), polar=POLAR, azimuthal=AZIMUTHAL)
