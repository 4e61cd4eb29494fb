"""Plots that compare trained members: settings, splits, and how much they learned from."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from ejmap_project.artefact import Markdown, drawing
from ejmap_project.comparison.hyperparameter_plots import group_plots, hyperparameter_plots
from ejmap_project.comparison.hyperparameters import mean_score, metric_of
from ejmap_project.comparison.learning_curve import learning_plot
from ejmap_project.comparison.mean_plots import KIND_WORDS, score_words
from ejmap_project.comparison.split_plots import split_panels, split_plot
from ejmap_project.figures import MARKERS, SERIES, legend_above, new_plot
from ejmap_project.paths import MODEL_KINDS, ModelKind

# More names than these of each model cannot be read beside a plot.
MOST_VERSIONS = 8


class Plots(NamedTuple):
    """Plots by name, and by name for each that could not be drawn a sentence that says why."""

    figures: Mapping[str, Figure | Markdown]
    missing: Mapping[str, str]


def comparison_plots(
    members: pd.DataFrame,
    *,
    configured: Mapping[ModelKind, str],
    reference: str,
    own_map: tuple[float, float],
) -> Plots:
    """Draw everything that members can be compared by.

    Args:
        members: A table of :func:`ejmap_project.comparison.members.member_table`.
        configured: Name of the configuration that the project uses, by model.
        reference: Key of the EJSEG version about which the learning curve shows bands.
        own_map: F1 of tiles and of pixels of the map in its test tiles; NaN where unknown.
    """
    figures: dict[str, Figure | Markdown] = {}
    if len(members):
        figures["members"] = _member_plot(members)
    missing: dict[str, str] = {}
    for name, plot, needs in (
        (
            "tiles against pixels",
            split_plot(members, configured, own_map),
            "members of both models with test scores of the same split",
        ),
        (
            "learning curve",
            learning_plot(members, reference=reference),
            "members of one configuration that learned from different numbers of tile locations",
        ),
    ):
        if plot is None:
            missing[name] = f"needs {needs}; see splits in project.yaml"
        else:
            figures[name] = plot
    for kind in MODEL_KINDS:
        part = members[members["model"] == kind]
        drawn = hyperparameter_plots(part, kind)
        figures.update(drawn)
        if not drawn:
            missing[f"{KIND_WORDS[kind]} hyperparameters"] = (
                f"needs members with different hyperparameters and scores; there are {len(part)} "
                f"trained members of {KIND_WORDS[kind]}, and they differ in none"
            )
    figures |= {**group_plots(members), **split_panels(members)}
    return Plots(figures=figures, missing=missing)


@drawing
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
        label = f"{KIND_WORDS[kind]}: {score_words(kind, metric)}"
        axes.plot(means, places, MARKERS[number], color=color, markersize=5, label=label)
        names += [point.value for point in points]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, max(len(names), 1) - 0.4)
    axes.set_xlabel("F1 (large: mean of a version; small: members)")
    legend_above(figure, columns=1)
    return figure
