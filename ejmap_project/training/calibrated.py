"""Calibrating an ensemble on planets that its members did not learn from; loads torch."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.calibration.by_distance import Told, fit_calibration
from ejmap_ml.config.polar_config import PolarUnetConfig, PolarViewConfig
from ejmap_ml.ejseg.polar_data import labelled_view
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL, polar_grid
from ejmap_ml.errors import BundleError

COLUMN_STEP = 8


def calibrated(
    bundles: Sequence[ModelBundle], planets: Iterable[Planet], *, border: float = 0.5
) -> list[ModelBundle]:
    """Return members whose mean probability comes true on planets like these.

    Args:
        bundles: Members of one polar ensemble; a calibration that they have is replaced.
        planets: Planets with known ejecta that no member learned from and no score is taken on.
        border: The members' own probability at which ejecta begin.

    Raises:
        BundleError: If they are no polar models, or weights do not fit their configuration.
        SampleError: If the planets have no craters.
    """
    view = polar_view_of(bundles)
    # What was promised held for the former calibration.
    plain = [replace(bundle, calibration=None, conformal=None) for bundle in bundles]
    networks = [bundle.build() for bundle in plain]
    told = [
        _thinned(told_of(networks, planet, crater, config=view))
        for planet in planets
        for crater in planet.craters
    ]
    calibration = fit_calibration(told, border=border)
    return [replace(bundle, calibration=calibration) for bundle in plain]


def _thinned(told: Told) -> Told:
    """Keep every eighth column: its neighbours say nearly the same, and fill the memory."""
    logits, truth, weight = (
        one[..., ::COLUMN_STEP].copy() for one in (told.logits, told.truth, told.weight)
    )
    return Told(logits, truth, weight, told.range_radii)


def polar_view_of(bundles: Sequence[ModelBundle]) -> PolarViewConfig:
    """Return the view that the members of a polar ensemble look at.

    Raises:
        BundleError: If they are no polar models.
    """
    architecture = bundles[0].config.architecture
    if not isinstance(architecture, PolarUnetConfig):
        raise BundleError(
            f"{bundles[0].config.name} is a {architecture.kind}; only polar models can be "
            "calibrated by distance"
        )
    return architecture.view


def told_of(
    networks: Sequence[nn.Module], planet: Planet, crater: Crater, *, config: PolarViewConfig
) -> Told:
    """Return what members say about a crater of a planet, and what is so."""
    view, target = labelled_view(
        planet.raster,
        planet.truth[crater.crater_id],
        basemap=planet.basemap,
        crater=crater,
        config=config,
    )
    with torch.inference_mode():
        image = torch.from_numpy(view)[None]
        logits = np.concatenate([network(image)[:, 0].numpy() for network in networks])
    grid = polar_grid(crater, body=planet.basemap.body, config=config)
    area = grid.cell_area_m2 / np.square(planet.basemap.resolution_m)
    weight = (view[VALID_CHANNEL] * area[:, None]).astype(np.float32)
    return Told(logits, target, weight, grid.range_radii)
