"""Which of two craters with common ground struck later, by the freshness of their ejecta.

Ejecta fade. How fresh they are is one number a crater, so that statements about pairs never
contradict each other: the graph of younger over older craters has no cycles.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.planetwide.freshness import BorderStep

# Fitted by benchmarks/superposition.py on synthetic planets 9000 to 9005 with the masks of
# ready_colour and ready_grey: borders of mapped ejecta tell less than those of the true ones.
# Bands PC2, PC1, 430/1000.
COLOUR_WEIGHTS = (-0.42, -0.5, 0.66)
GREY_WEIGHTS = (0.36,)
# A pair whose order is less probable is left open.
ANSWERED_FROM = 0.8


def in_spreads(steps: Mapping[int, BorderStep]) -> dict[int, NDArray[np.float64]]:
    """Return steps over the median spread of the ground, so that contrast does not count.

    Args:
        steps: Steps at the border of the ejecta of craters of one mosaic.

    Returns:
        ``(band,)`` by crater; NaN without a border.
    """
    spreads = [one.spread for one in steps.values() if np.isfinite(one.spread).all()]
    if not spreads:
        return {one: step.step for one, step in steps.items()}
    usual = np.maximum(np.median(np.stack(spreads), axis=0), 1e-6)
    return {one: step.step / usual for one, step in steps.items()}


def freshness(
    steps: Mapping[int, NDArray[np.float64]], weights: Sequence[float]
) -> dict[int, float]:
    """Return how fresh each crater's ejecta are, on the scale of log odds; NaN if unknown."""
    return {one: float(step @ np.asarray(weights)) for one, step in steps.items()}


def probability_later(freshness: float, other: float) -> float:
    """Return the probability that a crater struck later than another; .5 if one is unknown."""
    difference = freshness - other
    if math.isnan(difference):
        return 0.5
    return 1 / (1 + math.exp(-min(max(difference, -50.0), 50.0)))
