"""What plots of mean scores share: points with standard errors, and scores in words."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ejmap_project.comparison.hyperparameters import (
    MAP_METRIC,
    MAP_TVT_METRIC,
    TEST_METRIC,
    MeanScore,
)
from ejmap_project.figures import MARKERS, SERIES
from ejmap_project.paths import ModelKind

METRIC_WORDS = {
    MAP_METRIC: "test F1 of the map, in",
    MAP_TVT_METRIC: "F1 of the map in all labelled tiles, in",
    TEST_METRIC: "test F1 of",
    "val_f1": "validation F1 of",
}
KIND_WORDS: Mapping[ModelKind, str] = {"ejconn": "EJCONN", "ejseg": "EJSEG"}
UNIT_WORDS: Mapping[ModelKind, str] = {"ejconn": "tiles", "ejseg": "pixels"}


def score_words(kind: ModelKind, metric: str) -> str:
    """Return a score in words, with what it counts."""
    unit = "pixels" if metric in (MAP_METRIC, MAP_TVT_METRIC) else UNIT_WORDS[kind]
    return f"{METRIC_WORDS[metric]} {unit}"


def draw_means(
    axes: Axes,
    places: Sequence[float],
    points: Sequence[MeanScore],
    *,
    number: int,
    label: str,
    line: str = "",
) -> None:
    """Draw means with their standard errors, and the members' own scores faintly behind them.

    Args:
        axes: What is drawn on.
        places: Position of each mean along x.
        points: The means.
        number: Which series it is, for colour and marker.
        label: Its name in the legend.
        line: Style of the line between means; none by default.
    """
    color = SERIES[number % len(SERIES)]
    for place, point in zip(places, points, strict=True):
        members_at = np.full(len(point.scores), place)
        axes.scatter(members_at, point.scores, s=8, color=color, alpha=0.35, lw=0)
    axes.errorbar(
        places,
        [point.mean for point in points],
        yerr=[point.standard_error for point in points],
        marker=MARKERS[number % len(MARKERS)],
        linestyle=line,
        color=color,
        capsize=3,
        markersize=5,
        label=label,
    )
