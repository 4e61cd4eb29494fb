"""What an ensemble of polar models maps around the craters of the reference set; loads torch."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.mosaic import past_border
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.config.model_config import PolarUnetConfig
from ejmap_ml.ejseg.polar_predict import predict_view
from ejmap_ml.ejseg.polar_view import polar_grid, polar_view
from ejmap_project.errors import StepError
from ejmap_project.reference.masks import MaskFunction, mask_of_polar
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import DrawnCrater
from ejmap_project.reference.score_table import ReferenceScores, score_row, summarised
from ejmap_project.reference.scores import score_mask

# The mosaic of a body, ``(1, rows, cols)`` in grey, and its grid.
MosaicOf: TypeAlias = Callable[[Body], tuple[NDArray[np.uint8], BasemapGrid]]


class MappedCrater(NamedTuple):
    """A crater of the set and what an ensemble maps around it."""

    drawn: DrawnCrater
    mask: MaskFunction


def mapped_craters(
    bundles: Sequence[ModelBundle],
    craters: Sequence[DrawnCrater],
    *,
    mosaic_of: MosaicOf = reference_mosaic,
) -> Iterator[MappedCrater]:
    """Map craters one after another, as projects do: where the members' mean is past its border.

    Models of several bands see the grey mosaic in each of them. No connection filter and no
    removal of small pieces is applied.

    Args:
        bundles: Members of a polar EJSEG ensemble.
        craters: The craters.
        mosaic_of: Which mosaic of a body they are seen on.

    Raises:
        StepError: If the models do not look at polar views.
        ConfigError: If there is no member, or members differ in architecture.
        BundleError: If weights do not fit their configuration.
    """
    ensemble = Ensemble.of(bundles)
    architecture = ensemble.config.architecture
    if not isinstance(architecture, PolarUnetConfig):
        raise StepError(
            f"{ensemble.config.name} does not look at polar views; only polar EJSEG models can be "
            "scored on the reference set"
        )
    for drawn in craters:
        grey, basemap = mosaic_of(drawn.crater.body)
        crater, view = drawn.crater.as_crater(), architecture.view
        raster = np.repeat(grey, ensemble.config.bands, axis=0)
        seen = polar_view(raster, basemap=basemap, crater=crater, config=view)
        border = ensemble.border[:, None]
        members = [past_border(predict_view(one, seen), border) for one in ensemble.members]
        probability = np.asarray(np.stack(members).mean(axis=0, dtype=np.float64))
        grid = polar_grid(crater, body=basemap.body, config=view)
        yield MappedCrater(drawn, mask_of_polar(probability, grid))


def score_ensemble(
    bundles: Sequence[ModelBundle],
    craters: Sequence[DrawnCrater],
    *,
    mosaic_of: MosaicOf = reference_mosaic,
) -> ReferenceScores:
    """Score an ensemble of polar EJSEG models on craters that somebody drew.

    Args:
        bundles: Members of the ensemble.
        craters: The craters, such as ``reference_set(part="decide")``.
        mosaic_of: Which mosaic of a body they are seen on.

    Raises:
        StepError: If the models do not look at polar views, or there is no crater.
        ConfigError: If there is no member, or members differ in architecture.
        BundleError: If weights do not fit their configuration.
    """
    if not craters:
        raise StepError("there is no drawn crater to score by; name another part or other drawings")
    return summarised(
        [
            score_row(
                drawn.crater,
                drawn.drawing.drawer,
                score_mask(drawn.drawing, mask, rim_rad=drawn.crater.rim_rad),
            )
            for drawn, mask in mapped_craters(bundles, craters, mosaic_of=mosaic_of)
        ]
    )
