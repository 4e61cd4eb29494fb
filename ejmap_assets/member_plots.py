"""Plots that compare trained members: settings, splits, and how much they learned from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ejmap_assets.hyperparameter_plots import (
    KIND_WORDS,
    MARKERS,
    METRICS,
    draw_means,
    hyperparameter_plots,
    metric_of,
    score_words,
)
from ejmap_assets.hyperparameters import (
    MeanScore,
    mean_score,
)
from ejmap_assets.members import KINDS
from ejmap_assets.plots import SERIES, VERMILION, legend_above, new_plot
from ejmap_assets.project_paths import ModelKind

LEARNING_CURVE = "learning_curve"
# Splits of the learning curve test on the tiles of this one.
WHOLE_SPLIT = 0
# More names than these of each model cannot be read beside a plot.
MOST_VERSIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plots:
    """Plots that could be drawn, and why others could not.

    Attributes:
        figures: Plots by name.
        missing: A sentence for each plot that is left out, by name.
    """

    figures: Mapping[str, Figure]
    missing: Mapping[str, str]


def comparison_plots(
    members: pd.DataFrame, *, configured: Mapping[ModelKind, str], own_map: tuple[float, float]
) -> Plots:
    """Draw everything that members can be compared by.

    Args:
        members: A table of :func:`ejmap_assets.members.member_table`.
        configured: Name of the configuration that the project uses, by model.
        own_map: F1 of tiles and of pixels of the map in its test tiles; NaN where unknown.
    """
    drawn_or_needed = {
        "tiles against pixels": (
            _split_plot(members, configured, own_map),
            "members of both models with test scores of the same split",
        ),
        "learning curve": (
            _learning_plot(members),
            "members of one configuration that learned from different numbers of tile locations",
        ),
    }
    figures = {"members": member_plot(members)} if len(members) else {}
    figures |= {name: plot for name, (plot, _) in drawn_or_needed.items() if plot is not None}
    missing = {
        name: f"needs {needs}; see splits in project.yaml"
        for name, (plot, needs) in drawn_or_needed.items()
        if plot is None
    }
    for kind in KINDS:
        part = members[members["model"] == kind]
        drawn = hyperparameter_plots(part, kind)
        figures.update(drawn)
        if not drawn:
            missing[f"{KIND_WORDS[kind]} hyperparameters"] = (
                f"needs members with different hyperparameters and scores; there are {len(part)} "
                f"trained members of {KIND_WORDS[kind]}, and they differ in none"
            )
    return Plots(figures=figures, missing=missing)


def member_plot(members: pd.DataFrame) -> Figure:
    """Draw the scores of the members of the best versions of each model, the best at the top."""
    figure, axes = new_plot(height=3.4)
    rows: list[tuple[str, ModelKind, MeanScore]] = []
    for kind in KINDS:
        part = members[members["model"] == kind]
        metric = metric_of(part)
        if metric is None:
            continue
        scored = part.dropna(subset=[metric])
        found: list[tuple[str, ModelKind, MeanScore]] = [
            (str(version), kind, mean_score(version, same[metric].astype(float).tolist()))
            for version, same in scored.groupby("version")
        ]
        rows += sorted(found, key=lambda row: row[2].mean)[-MOST_VERSIONS:]
        # Named once for all versions of a model.
        label = f"{KIND_WORDS[kind]}: {score_words(kind, metric)}"
        axes.plot([], [], **_style(kind), label=label)
    for place, (_, kind, point) in enumerate(rows):
        color = _style(kind)["color"]
        axes.scatter(point.scores, [place] * len(point.scores), s=8, color=color, alpha=0.35, lw=0)
        axes.plot(point.mean, place, **_style(kind))
    axes.set_yticks(range(len(rows)), [version for version, _, _ in rows])
    axes.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    axes.set_xlabel("F1 (large: mean of a version; small: members)")
    legend_above(figure, columns=1)
    return figure


def _split_plot(
    members: pd.DataFrame, configured: Mapping[ModelKind, str], own_map: tuple[float, float]
) -> Figure | None:
    """Draw the tile score of EJCONN against the pixel score of EJSEG, one point a split."""
    metric = METRICS[0]
    if metric not in members:
        return None
    whole = members[members["split_kind"].ne(LEARNING_CURVE).fillna(value=True)]
    scored = whole.dropna(subset=[metric, "split"])
    named = {kind: scored[_is_of(scored, kind, configured[kind])] for kind in KINDS}
    means = {kind: _means_by(part, "split", metric) for kind, part in named.items()}
    splits = sorted(set(means["ejconn"]) & set(means["ejseg"]))
    if not splits:
        return None
    figure, axes = new_plot()
    x, y = ([means[kind][split] for split in splits] for kind in KINDS)
    axes.errorbar(
        [one.mean for one in x],
        [one.mean for one in y],
        xerr=[one.standard_error for one in x],
        yerr=[one.standard_error for one in y],
        fmt="o",
        color=SERIES[0],
        capsize=2,
        markersize=4,
        elinewidth=0.8,
        label="models, one point a split (mean and standard error)",
    )
    for split, across, up in zip(splits, x, y, strict=True):
        axes.annotate(
            str(split), (across.mean, up.mean), (3, 3), textcoords="offset points", fontsize=7
        )
    if all(math.isfinite(one) for one in own_map):
        axes.plot(*own_map, marker="*", color=VERMILION, markersize=10, ls="", label="the map")
    axes.set_xlabel("test F1 of tiles (EJCONN)")
    axes.set_ylabel("test F1 of pixels (EJSEG)")
    legend_above(figure)
    return figure


def _learning_plot(members: pd.DataFrame) -> Figure | None:
    """Draw scores over the number of tile locations that were learned from."""
    figure, axes = new_plot()
    number = 0
    for kind in KINDS:
        part = members[members["model"] == kind]
        metric = metric_of(part)
        if metric is None:
            continue
        scored = _of_one_test(part.dropna(subset=[metric, "locations"]))
        for name, same in scored.groupby("name"):
            if same["locations"].nunique() < 2:
                continue
            points = _means_by(same, "locations", metric)
            places = list(points)
            label = f"{name}: {score_words(kind, metric)}"
            draw_means(axes, places, list(points.values()), number=number, label=label, line="-")
            number += 1
    axes.set_xlim(left=0)
    axes.set_xlabel("labelled tile locations to learn from")
    axes.set_ylabel("F1")
    legend_above(figure, columns=1)
    return figure if number else None


def _is_of(members: pd.DataFrame, kind: ModelKind, name: str) -> pd.Series:
    return (members["model"] == kind) & (members["name"] == name)


def _means_by(members: pd.DataFrame, column: str, metric: str) -> dict[int, MeanScore]:
    """Return mean scores by the values of a column of whole numbers, in rising order."""
    values = sorted({int(value) for value in members[column]})
    return {
        value: mean_score(
            value, members.loc[members[column] == value, metric].astype(float).tolist()
        )
        for value in values
    }


def _of_one_test(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of a learning curve: all of them are tested on the same tiles."""
    is_curve = members["split_kind"] == LEARNING_CURVE
    return members[is_curve | (members["split"] == WHOLE_SPLIT)] if is_curve.any() else members


def _style(kind: ModelKind) -> dict[str, Any]:
    number = KINDS.index(kind)
    return {"color": SERIES[number], "marker": MARKERS[number], "linestyle": "", "markersize": 5}
