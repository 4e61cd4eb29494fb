"""Plots that compare trained members: settings, splits, and how much they learned from."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ejmap_project.figures import MARKERS, SERIES, legend_above, new_plot
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.comparison.hyperparameters import (
    MAP_METRIC,
    NONE_WORD,
    TEST_METRIC,
    Comparison,
    MeanScore,
    comparisons,
    mean_score,
    means_by,
    metric_of,
    varying_hyperparameters,
)
from ejmap_project.comparison.members import HYPERPARAMETER
from ejmap_project.comparison.split_plots import LEARNING_CURVE, split_plot

METRIC_WORDS = {
    MAP_METRIC: "test F1 of the map, in",
    TEST_METRIC: "test F1 of",
    "val_f1": "validation F1 of",
}
KIND_WORDS: Mapping[ModelKind, str] = {"ejconn": "EJCONN", "ejseg": "EJSEG"}
UNIT_WORDS: Mapping[ModelKind, str] = {"ejconn": "tiles", "ejseg": "pixels"}
LONG_WORDS = 40
# More names than these of each model cannot be read beside a plot.
MOST_VERSIONS = 8
# Splits of the learning curve test on the tiles of this one.
WHOLE_SPLIT = 0
# Random splits train on nearly the same number of locations, which is no curve.
LEAST_GROWTH = 1.2


class Plots(NamedTuple):
    """Plots by name, and by name for each that could not be drawn a sentence that says why."""

    figures: Mapping[str, Figure]
    missing: Mapping[str, str]


def comparison_plots(
    members: pd.DataFrame, *, configured: Mapping[ModelKind, str], own_map: tuple[float, float]
) -> Plots:
    """Draw everything that members can be compared by.

    Args:
        members: A table of :func:`ejmap_project.comparison.members.member_table`.
        configured: Name of the configuration that the project uses, by model.
        own_map: F1 of tiles and of pixels of the map in its test tiles; NaN where unknown.
    """
    figures = {"members": _member_plot(members)} if len(members) else {}
    missing: dict[str, str] = {}
    for name, plot, needs in (
        (
            "tiles against pixels",
            split_plot(members, configured, own_map),
            "members of both models with test scores of the same split",
        ),
        (
            "learning curve",
            _learning_plot(members),
            "members of one configuration that learned from different numbers of tile locations",
        ),
    ):
        if plot is None:
            missing[name] = f"needs {needs}; see splits in project.yaml"
        else:
            figures[name] = plot
    for kind in MODEL_KINDS:
        part = members[members["model"] == kind]
        drawn = _hyperparameter_plots(part, kind)
        figures.update(drawn)
        if not drawn:
            missing[f"{KIND_WORDS[kind]} hyperparameters"] = (
                f"needs members with different hyperparameters and scores; there are {len(part)} "
                f"trained members of {KIND_WORDS[kind]}, and they differ in none"
            )
    return Plots(figures=figures, missing=missing)


def _member_plot(members: pd.DataFrame) -> Figure:
    """Draw the scores of the members of the best versions of each model, the best at the top."""
    figure, axes = new_plot(height=3.4)
    names: list[str] = []
    for number, kind in enumerate(MODEL_KINDS):
        part = members[members["model"] == kind]
        metric = metric_of(part)
        if metric is None:
            continue
        color, versions = SERIES[number], part.dropna(subset=[metric]).groupby("version")
        points = [mean_score(version, same[metric]) for version, same in versions]
        points = sorted(points, key=lambda point: point.mean)[-MOST_VERSIONS:]
        places = range(len(names), len(names) + len(points))
        for place, point in zip(places, points, strict=True):
            members_at = [place] * len(point.scores)
            axes.scatter(point.scores, members_at, s=8, color=color, alpha=0.35, lw=0)
        means = [point.mean for point in points]
        label = f"{KIND_WORDS[kind]}: {_score_words(kind, metric)}"
        axes.plot(means, places, MARKERS[number], color=color, markersize=5, label=label)
        names += [point.value for point in points]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, max(len(names), 1) - 0.4)
    axes.set_xlabel("F1 (large: mean of a version; small: members)")
    legend_above(figure, columns=1)
    return figure


def _learning_plot(members: pd.DataFrame) -> Figure | None:
    """Draw scores over the number of tile locations that were learned from.

    Returns:
        One line a configuration that learned from different numbers; None without any.
    """
    figure, axes = new_plot()
    number = 0
    for kind in MODEL_KINDS:
        part = members[members["model"] == kind]
        metric = metric_of(part)
        if metric is None:
            continue
        scored = _of_one_test(part.dropna(subset=[metric, "locations"]))
        for name, same in scored.groupby("name"):
            if same["locations"].max() < LEAST_GROWTH * same["locations"].min():
                continue
            points = means_by(same, "locations", metric)
            label = f"{name}: {_score_words(kind, metric)}"
            places = list(points)
            _draw_means(axes, places, list(points.values()), number=number, label=label, line="-")
            number += 1
    axes.set_xlim(left=0)
    axes.set(xlabel="labelled tile locations to learn from", ylabel="F1")
    legend_above(figure, columns=1)
    return figure if number else None


def _of_one_test(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of a learning curve: all of them are tested on the same tiles."""
    is_curve = members["split_kind"] == LEARNING_CURVE
    return members[is_curve | (members["split"] == WHOLE_SPLIT)] if is_curve.any() else members


def _hyperparameter_plots(members: pd.DataFrame, kind: ModelKind) -> dict[str, Figure]:
    """Draw scores over every hyperparameter that varies among the members of a model, by name."""
    metric = metric_of(members)
    if metric is None:
        return {}
    plots = {}
    for column in varying_hyperparameters(members):
        name = column.removeprefix(HYPERPARAMETER)
        found = comparisons(members, column, metric=metric)
        if found:
            ylabel = _score_words(kind, metric)
            plots[f"{KIND_WORDS[kind]} {name}"] = _values_plot(found, xlabel=name, ylabel=ylabel)
    return plots


def _values_plot(found: Sequence[Comparison], *, xlabel: str, ylabel: str) -> Figure:
    """Draw means with standard errors over the values of a hyperparameter, and every member."""
    values = sorted({point.value for one in found for point in one.points}, key=_rank)
    figure, axes = new_plot()
    for number, one in enumerate(found):
        shift = (number - (len(found) - 1) / 2) * 0.5 / len(found)
        places = [values.index(point.value) + shift for point in one.points]
        _draw_means(axes, places, one.points, number=number, label=one.label)
    turn_deg, end = (30, "right") if len(" ".join(values)) > LONG_WORDS else (0, "center")
    axes.set_xticks(range(len(values)), values, rotation=turn_deg, ha=end)
    axes.set(xlim=(-0.6, len(values) - 0.4), xlabel=xlabel, ylabel=ylabel)
    legend_above(figure, columns=1 if len(found) < 3 else 2)
    return figure


def _draw_means(
    axes: Axes,
    places: Sequence[float],
    points: Sequence[MeanScore],
    *,
    number: int,
    label: str,
    line: str = "",
) -> None:
    """Draw means with their standard errors, and the members' own scores faintly behind them."""
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


def _score_words(kind: ModelKind, metric: str) -> str:
    unit = "pixels" if metric == MAP_METRIC else UNIT_WORDS[kind]
    return f"{METRIC_WORDS[metric]} {unit}"


def _rank(value: str) -> tuple[int, float, str]:
    """Order numbers by size, then words by letters, "none" last."""
    try:
        return 0, float(value), ""
    except ValueError:
        return (2 if value == NONE_WORD else 1), 0.0, value
