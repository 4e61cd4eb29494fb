"""Which of two craters with common ground struck later, by the freshness of their ejecta.

Ejecta fade, and their colour fades before their brightness. How fresh they are is one number a
crater, so that statements about pairs never contradict each other: the graph of younger over older
craters has no cycles.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.planetwide.freshness import QuickColours

# A pair whose order is less probable is left open.
ANSWERED_FROM = 0.8


class Signs(NamedTuple):
    """How the signs of freshness make a probability.

    Attributes:
        brightness: Weights of the bands, in spreads of the ground, in brightness.
        colour: Weights of the bands in fresh colour.
        slope: Log odds for a slope of colour on brightness that is steeper by 1.
        strength: Log odds for a colour e times as strong.
    """

    brightness: tuple[float, ...]
    colour: tuple[float, ...]
    slope: float
    strength: float


# Fitted by benchmarks/superposition.py on synthetic planets 9000 to 9003 (colour) and 9010 to 9013
# (grey) with the masks of ready_colour and ready_grey. Bands PC2, PC1, 430/1000: fresh material is
# low in the first, bright in the second and high in the third.
OF_COLOUR = Signs(brightness=(0, 1, 0), colour=(-0.5, 0, 0.5), slope=3.6, strength=1.67)
# Of one band there is brightness alone.
OF_GREY = Signs(brightness=(1,), colour=(1,), slope=0.0, strength=0.46)


def signs_of(colours: Mapping[int, QuickColours], signs: Signs) -> dict[int, NDArray[np.float64]]:
    """Return slope of colour on brightness and logarithm of the strength of colour, by crater.

    Bands are taken in the median spread of the ground, so that the contrast of a mosaic does not
    count.

    Args:
        colours: Colours of craters of one mosaic.
        signs: Which bands make brightness and colour.

    Returns:
        ``(2,)`` by crater; NaN where nothing is known.
    """
    spreads = [one.spread for one in colours.values() if np.isfinite(one.spread).all()]
    usual = np.maximum(np.median(np.stack(spreads), axis=0), 1e-6) if spreads else 1.0
    bright, colour = (np.asarray(one) / usual for one in (signs.brightness, signs.colour))
    found: dict[int, NDArray[np.float64]] = {}
    for crater_id, one in colours.items():
        variance = max(float(bright @ one.covariance @ bright), 1e-9)
        strength = max(float(colour @ one.covariance @ colour), 1e-9)
        slope = float(bright @ one.covariance @ colour) / variance
        is_known = np.isfinite(one.covariance).all()
        found[crater_id] = np.array([slope, math.log(strength) / 2] if is_known else [math.nan] * 2)
    return found


def freshness(colours: Mapping[int, QuickColours], signs: Signs) -> dict[int, float]:
    """Return how fresh each crater's ejecta are, on the scale of log odds; NaN if unknown."""
    weights = np.array([signs.slope, signs.strength])
    return {one: float(found @ weights) for one, found in signs_of(colours, signs).items()}


def probability_later(freshness: float, other: float) -> float:
    """Return the probability that a crater struck later than another; .5 if one is unknown."""
    difference = freshness - other
    if math.isnan(difference):
        return 0.5
    return 1 / (1 + math.exp(-min(max(difference, -50.0), 50.0)))
