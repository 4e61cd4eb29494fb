"""Scores of masks where all ejecta of a planet are known: pixels, distances, origin."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.distance import haversine_parts
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, without_crater
from ejmap_geo.scores.agreement import Confusion, confusion_by_group, origin_agreement
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.calibration.band_reliability import BandReliability

# Edges of the bands of distance in crater radii; nothing inside the rim is scored.
BAND_EDGES_RADII = (1.0, 4.0, 10.0, 25.0, math.inf)
BANDS = ("near", "middle", "far", "farthest")


def planet_scores(predicted: Mapping[int, PlacedMask], planet: Planet) -> dict[str, float]:
    """Return the scores of masks of a planet, all craters pooled; NaN where nothing is known.

    ``pixel_f1``, ``precision`` and ``recall`` of the pixels outside of each crater's rim;
    ``f1_BAND`` of those in each band of :data:`BAND_EDGES_RADII`; ``origin``, the share of the
    pixels that are mapped as ejecta and are ejecta which carry a crater they belong to.

    Args:
        predicted: Mask of each crater by its id; a crater without one has no ejecta.
        planet: The planet, whose truth holds every crater.
    """
    outside = {
        one.crater_id: without_crater(
            predicted.get(one.crater_id, PlacedMask.empty()),
            basemap=planet.basemap,
            center=one.center,
            radius_m=one.radius_m,
        )
        for one in planet.craters
    }
    bands = [Confusion() for _ in BANDS]
    for crater in planet.craters:
        counts = _by_distance(outside[crater.crater_id], planet, crater)
        bands = [sum_ + one for sum_, one in zip(bands, counts, strict=True)]
    pooled = sum(bands[1:], start=bands[0])
    return {
        "pixel_f1": pooled.f1,
        "precision": pooled.precision,
        "recall": pooled.recall,
        **{f"f1_{name}": one.f1 for name, one in zip(BANDS, bands, strict=True)},
        "origin": origin_agreement(outside, planet.truth, basemap=planet.basemap).origin_accuracy,
    }


def calibration_error(bands: Sequence[BandReliability]) -> float:
    """Return the calibration error over all bands of distance, weighted by cells; NaN of none."""
    known = [
        (one.calibration_error, one.cells) for one in bands if one.calibration_error is not None
    ]
    if not known:
        return math.nan
    errors, cells = zip(*known, strict=True)
    return float(np.average(errors, weights=cells))


def _by_distance(predicted: PlacedMask, planet: Planet, crater: Crater) -> Sequence[Confusion]:
    """Return the agreement in each band of distance; pixels that are neither are not counted."""
    here, truth = (_full(one, planet) for one in (predicted, planet.truth[crater.crater_id]))
    rows, cols = np.nonzero(here | truth)
    along, shrink, across = haversine_parts(
        planet.basemap, Window.whole(planet.basemap.shape), origin=crater.center
    )
    chord = along[rows] + shrink[rows] * across[cols]
    radius_rad = crater.radius_m / planet.basemap.body.radius_m
    edges = [math.sin(min(one * radius_rad, math.pi) / 2) ** 2 for one in BAND_EDGES_RADII[1:-1]]
    band = np.searchsorted(edges, chord, side="right")
    counts = confusion_by_group(here[rows, cols], truth[rows, cols], band)
    return [*counts, *(Confusion() for _ in range(len(BANDS) - len(counts)))]


def _full(mask: PlacedMask, planet: Planet) -> NDArray[np.bool_]:
    full = np.zeros(planet.basemap.shape, np.bool_)
    mask.paste_into(full)
    return full


def band_names() -> dict[str, str]:
    """Return what each band of distance is called in tables, in crater radii."""
    return {
        f"f1_{name}": f"> {near:g} radii" if math.isinf(far) else f"{near:g}-{far:g}"
        for name, (near, far) in zip(BANDS, pairwise(BAND_EDGES_RADII), strict=True)
    }
