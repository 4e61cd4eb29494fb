"""What an ensemble may promise, from planets that neither trained nor calibrated it; loads torch.

Promises are measured on what a project makes: masks on the pixels of the mosaic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.resampling.reproject import polar_to_azimuthal, to_basemap
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.calibration.area_interval import AreaEstimate, AreaInterval, estimate_area
from ejmap_ml.calibration.band_reliability import Stated, band_reliability
from ejmap_ml.calibration.conformal import Conformal
from ejmap_ml.calibration.promised_recall import RecallCurve, recall_by_threshold
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.training.calibrated import polar_view_of, told_of


class Outcome(NamedTuple):
    """What members say about a crater whose ejecta are known, and what a mask of it finds.

    Attributes:
        stated: Mean probability of the members in polar view, and the truth.
        estimate: The area of its ejecta as they have it.
        true_m2: The true area.
        recall: Share of the true area in the mask by threshold; None without ejecta.
    """

    stated: Stated
    estimate: AreaEstimate
    true_m2: float
    recall: NDArray[np.float64] | None


def outcome_of(
    networks: Sequence[nn.Module], planet: Planet, crater: Crater, *, config: PolarViewConfig
) -> Outcome:
    """Return what members say about a crater of a planet, and what a mask of it finds."""
    told = told_of(networks, planet, crater, config=config)
    stated = Stated.of(told)
    probability = (stated.probability * (told.weight > 0)).astype(np.float32)
    polar = polar_grid(crater, body=planet.basemap.body, config=config)
    truth = planet.truth[crater.crater_id]
    recall = None
    if truth.window is not None:
        azimuthal = azimuthal_grid(crater, planet.basemap)
        around = polar_to_azimuthal(probability, polar=polar, azimuthal=azimuthal)
        seen = to_basemap(around, azimuthal=azimuthal, basemap=planet.basemap, window=truth.window)
        area_m2 = pixel_area_m2(planet.basemap, truth.window)[:, None]
        recall = recall_by_threshold(
            seen[truth.mask], np.broadcast_to(area_m2, truth.mask.shape)[truth.mask]
        )
    return Outcome(
        stated=stated,
        estimate=estimate_area(
            probability, cell_area_m2=polar.cell_area_m2, radius_m=crater.radius_m
        ),
        true_m2=truth.area_m2(planet.basemap),
        recall=recall,
    )


def with_promises(bundles: Sequence[ModelBundle], planets: Iterable[Planet]) -> list[ModelBundle]:
    """Return members with what their ensemble may promise on planets like these.

    Args:
        bundles: Members of one polar ensemble, calibrated.
        planets: Planets with known ejecta that no member learned from, that did not fit the
            calibration, and that no score is taken on.

    Raises:
        BundleError: If they are no polar models, or weights do not fit their configuration.
        SampleError: If the planets have no craters with ejecta.
    """
    view = polar_view_of(bundles)
    networks = [bundle.build() for bundle in bundles]
    estimates: list[AreaEstimate] = []
    true_m2: list[float] = []
    recalls: list[NDArray[np.float64]] = []

    def stated() -> Iterable[Stated]:
        for planet in planets:
            for crater in planet.craters:
                outcome = outcome_of(networks, planet, crater, config=view)
                estimates.append(outcome.estimate)
                true_m2.append(outcome.true_m2)
                if outcome.recall is not None:
                    recalls.append(outcome.recall)
                yield outcome.stated

    bands = band_reliability(stated())
    conformal = Conformal(recall=RecallCurve.of(recalls), area=AreaInterval.of(estimates, true_m2))
    return [
        replace(
            bundle,
            conformal=conformal,
            provenance=bundle.provenance.model_copy(update={"reliability": bands}),
        )
        for bundle in bundles
    ]
