"""Calibrating an ensemble on planets: a network that is too sure by a known factor is found out."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.config.model_config import load_preset
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.errors import BundleError, SampleError
from ejmap_project.training.calibrated import calibrated, told_of

CONFIG = PolarViewConfig(rows=64, cols=192, scaling="ring")


@pytest.fixture(scope="module")
def planet() -> Planet:
    """A small grey planet."""
    return make_planet(
        PlanetConfig(width_px=512, craters=3, old_craters=200, bright_spots=50, bands=1), seed=2
    )


class _Says(nn.Module):
    """Says of every cell what its first channel is."""

    def forward(self, image: Tensor) -> Tensor:
        return image[:, :1]


def _bundle(preset: str) -> ModelBundle:
    config = load_preset(preset)
    return ModelBundle(
        config=config,
        weights=NormalizedNetwork(build_network(config), None).state_dict(),
        normalization=None,
        provenance=Provenance(created_utc=""),
    )


def test_what_is_told_of_a_crater_is_its_view_and_its_truth(planet) -> None:
    """Two members, the truth as shares, weights by area where there are data."""
    told = told_of([_Says(), _Says()], planet, planet.craters[0], config=CONFIG)

    assert told.logits.shape == (2, 64, 192)
    np.testing.assert_array_equal(told.logits[0], told.logits[1])
    assert 0 <= told.truth.min() <= told.truth.max() <= 1
    assert told.truth.any()
    grown = told.weight[:, 0][told.weight[:, 0] > 0]
    assert (np.diff(grown[: len(grown) // 2]) > 0).all()


def test_members_get_one_calibration_and_keep_their_weights(planet) -> None:
    """An older calibration does not enter."""
    bundles = [_bundle("ejseg_polar_grey") for _ in range(2)]

    found = calibrated(bundles, [planet])

    assert found[0].calibration == found[1].calibration is not None
    again = calibrated(found, [planet])
    assert again[0].calibration == found[0].calibration
    for one, other in zip(bundles, found, strict=True):
        assert all(torch.equal(one.weights[name], other.weights[name]) for name in one.weights)
    assert replace(found[0], calibration=None).data_version == bundles[0].data_version


def test_only_polar_models_can_be_calibrated(planet) -> None:
    """In one sentence, before anything is computed."""
    with pytest.raises(BundleError, match="only polar models"):
        calibrated([_bundle("ejseg_tiny")], [planet])


def test_planets_without_craters_calibrate_nothing(planet) -> None:
    """There is nothing to compare with."""
    with pytest.raises(SampleError, match="at least one crater"):
        calibrated([_bundle("ejseg_polar_grey")], [replace(planet, craters=())])
