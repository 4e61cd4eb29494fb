"""Plots of scores over hyperparameters, and how scores of members are drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ejmap_project.figures import SERIES, legend_above, new_plot
from ejmap_project.paths import ModelKind
from ejmap_project.scoring.hyperparameters import (
    NONE_WORD,
    Comparison,
    MeanScore,
    comparisons,
    varying_hyperparameters,
)
from ejmap_project.scoring.members import HYPERPARAMETER

# The best first: a map made by this member alone in tiles that were held back, which the authors
# compared by; the member on such tiles; the score that chose its epoch.
MAP_METRIC, TEST_METRIC = "map_test_pixel_f1", "test_f1"
METRICS = (MAP_METRIC, TEST_METRIC, "val_f1")
METRIC_WORDS = {
    MAP_METRIC: "test F1 of the map, in",
    TEST_METRIC: "test F1 of",
    "val_f1": "validation F1 of",
}
KIND_WORDS: Mapping[ModelKind, str] = {"ejconn": "EJCONN", "ejseg": "EJSEG"}
UNIT_WORDS: Mapping[ModelKind, str] = {"ejconn": "tiles", "ejseg": "pixels"}
MARKERS = ("o", "s", "^", "D", "v", "P")
LONG_WORDS = 40


def hyperparameter_plots(members: pd.DataFrame, kind: ModelKind) -> dict[str, Figure]:
    """Draw scores over every hyperparameter that varies among the members of a model, by name."""
    metric = metric_of(members)
    if metric is None:
        return {}
    plots = {}
    for name in varying_hyperparameters(members):
        found = comparisons(members, name, metric=metric)
        if found:
            words = f"{KIND_WORDS[kind]} {name.removeprefix(HYPERPARAMETER)}"
            plots[words] = hyperparameter_plot(found, name, ylabel=score_words(kind, metric))
    return plots


def hyperparameter_plot(found: Sequence[Comparison], hyperparameter: str, *, ylabel: str) -> Figure:
    """Draw means with standard errors over the values of a hyperparameter, and every member.

    Args:
        found: What is compared; one colour each.
        hyperparameter: Column of the member table.
        ylabel: The score in words.
    """
    values = _in_order({point.value for one in found for point in one.points})
    figure, axes = new_plot()
    width = 0.5 / max(1, len(found))
    for number, one in enumerate(found):
        shift = (number - (len(found) - 1) / 2) * width
        places = [values.index(point.value) + shift for point in one.points]
        draw_means(axes, places, one.points, number=number, label=one.label)
    turn_deg, end = (30, "right") if len(" ".join(values)) > LONG_WORDS else (0, "center")
    axes.set_xticks(range(len(values)), values, rotation=turn_deg, ha=end)
    axes.set_xlim(-0.6, len(values) - 0.4)
    axes.set_xlabel(hyperparameter.removeprefix(HYPERPARAMETER))
    axes.set_ylabel(ylabel)
    legend_above(figure, columns=1 if len(found) < 3 else 2)
    return figure


def metric_of(members: pd.DataFrame) -> str | None:
    """Return the metric that most of the members have, of two the better; None without scores."""
    counts = {name: int(members[name].notna().sum()) for name in METRICS if name in members}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best is not None and counts[best] else None


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
        axes: Where to draw.
        places: Place of each mean along the horizontal axis.
        points: The means.
        number: Which series this is; it decides colour and marker.
        label: The series in words.
        line: Style of the line from mean to mean.
    """
    color = SERIES[number % len(SERIES)]
    for place, point in zip(places, points, strict=True):
        axes.scatter(
            np.full(len(point.scores), place), point.scores, s=8, color=color, alpha=0.35, lw=0
        )
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


def score_words(kind: ModelKind, metric: str) -> str:
    """Return a score in words."""
    unit = "pixels" if metric == MAP_METRIC else UNIT_WORDS[kind]
    return f"{METRIC_WORDS[metric]} {unit}"


def _in_order(values: set[str]) -> list[str]:
    """Return numbers by size, then words by letters, "none" last."""

    def rank(value: str) -> tuple[int, float, str]:
        try:
            return 0, float(value), ""
        except ValueError:
            return (2 if value == NONE_WORD else 1), 0.0, value

    return sorted(values, key=rank)
