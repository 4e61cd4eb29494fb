"""What an ensemble may promise is measured on the masks that a project would make."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.calibration.promised_recall import THRESHOLDS
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_predict import map_crater
from ejmap_ml.ejseg.polar_view import polar_grid, polar_view
from ejmap_ml.errors import ConfigError, SampleError
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.training.promised import outcome_of, with_promises
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR

GREY = f"{POLAR}bands: 1\n"
CONFIG = PolarViewConfig(rows=64, cols=192, scaling="ring")


@pytest.fixture(scope="module")
def planet() -> Planet:
    """A small grey planet."""
    return make_planet(
        PlanetConfig(width_px=512, craters=3, old_craters=200, bright_spots=50, bands=1), seed=2
    )


class _Says(nn.Module):
    """Says of every cell how bright it is, times a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, image: Tensor) -> Tensor:
        return self.factor * image[:, :1]


def test_recall_is_that_of_the_mask_on_the_mosaic(planet: Planet) -> None:
    """The mask of a project at the same threshold finds the same area of the true ejecta."""
    crater, networks = planet.craters[0], [_Says(1.0).eval(), _Says(2.0).eval()]
    truth = planet.truth[crater.crater_id]
    assert truth.window is not None
    azimuthal = azimuthal_grid(crater, planet.basemap)
    view = polar_view(planet.raster, basemap=planet.basemap, crater=crater, config=CONFIG)
    polar = polar_grid(crater, body=planet.basemap.body, config=CONFIG)
    layers = map_crater(networks, view, polar=polar, azimuthal=azimuthal)

    found = outcome_of(networks, planet, crater, config=CONFIG)

    assert found.recall is not None
    assert found.true_m2 == truth.area_m2(planet.basemap)
    for place in (60, 90, 100):
        mask = layers.probability > THRESHOLDS[place]
        placed = mask_to_basemap(mask, azimuthal=azimuthal, basemap=planet.basemap)
        both = replace(truth, mask=truth.mask & placed.within(truth.window, planet.basemap))
        expected = both.area_m2(planet.basemap) / found.true_m2
        assert found.recall[place] == pytest.approx(expected, abs=2e-3)


def test_members_promise_together(planet: Planet) -> None:
    """One promise and one record of reliability; weights and calibration stay as they are."""
    bundles = [constant_bundle(GREY, one) for one in (0.9, 0.3)]

    found = with_promises(bundles, [planet])

    assert found[0].conformal == found[1].conformal is not None
    assert found[0].provenance.reliability == found[1].provenance.reliability
    for one, other in zip(bundles, found, strict=True):
        assert replace(other, conformal=None).data_version == one.data_version
    # Three craters, of which masks below .6 find everything, may promise three quarters at most.
    threshold = found[0].conformal.recall.threshold(0.7)
    assert threshold == THRESHOLDS[THRESHOLDS < 0.6].max()
    with pytest.raises(ConfigError, match=r"the most is 0\.75"):
        found[0].conformal.recall.threshold(0.8)


def test_planets_without_craters_promise_nothing(planet: Planet) -> None:
    """There is nothing to compare with."""
    with pytest.raises(SampleError, match="got none"):
        with_promises([constant_bundle(GREY, 0.5)], [replace(planet, craters=())])


def test_a_crater_without_ejecta_has_no_recall(planet: Planet) -> None:
    """But an area, which is 0."""
    crater = planet.craters[0]
    bare = replace(planet, truth={**planet.truth, crater.crater_id: PlacedMask.empty()})

    found = outcome_of([_Says(1.0).eval()], bare, crater, config=CONFIG)

    assert found.recall is None
    assert found.true_m2 == 0
    assert np.isfinite(found.estimate.expected_m2)
