"""Plots that compare trained members: settings, splits, and how much they learned from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ejmap_project.figures import SERIES, legend_above, new_plot
from ejmap_project.paths import ModelKind
from ejmap_project.scoring.hyperparameter_plots import (
    KIND_WORDS,
    MARKERS,
    hyperparameter_plots,
    metric_of,
    score_words,
)
from ejmap_project.scoring.hyperparameters import MeanScore, mean_score
from ejmap_project.scoring.members import KINDS
from ejmap_project.scoring.split_plots import learning_plot, split_plot

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
        members: A table of :func:`ejmap_project.scoring.members.member_table`.
        configured: Name of the configuration that the project uses, by model.
        own_map: F1 of tiles and of pixels of the map in its test tiles; NaN where unknown.
    """
    drawn_or_needed = {
        "tiles against pixels": (
            split_plot(members, configured, own_map),
            "members of both models with test scores of the same split",
        ),
        "learning curve": (
            learning_plot(members),
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


def _style(kind: ModelKind) -> dict[str, Any]:
    number = KINDS.index(kind)
    return {"color": SERIES[number], "marker": MARKERS[number], "linestyle": "", "markersize": 5}
