"""Plots of scores over hyperparameters: any that vary, and the groups of the published study."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ejmap_project.artefact import Markdown, drawing
from ejmap_project.comparison.hyperparameters import (
    MAP_METRIC,
    MAP_TVT_METRIC,
    NONE_WORD,
    Comparison,
    comparisons,
    metric_of,
    panels_of,
    varying_hyperparameters,
)
from ejmap_project.comparison.mean_plots import KIND_WORDS, draw_means, score_words
from ejmap_project.comparison.members import HYPERPARAMETER
from ejmap_project.comparison.published_groups import GROUPS, group_means
from ejmap_project.figures import DPI, SIZE_INCHES
from ejmap_project.paths import ModelKind

LONG_WORDS = 40
PANEL_INCHES = 4.0
PANEL_WORDS = {MAP_METRIC: "test tiles", MAP_TVT_METRIC: "all labelled tiles"}


def hyperparameter_plots(members: pd.DataFrame, kind: ModelKind) -> dict[str, Figure | Markdown]:
    """Draw scores over every hyperparameter that varies among the members of a model, by name.

    Where the maps of single members are scored, test tiles and all labelled tiles are two panels.

    Args:
        members: Rows of a member table, of one model.
        kind: Which model.
    """
    metric = metric_of(members)
    if metric is None:
        return {}
    plots: dict[str, Figure | Markdown] = {}
    for column in varying_hyperparameters(members):
        name = column.removeprefix(HYPERPARAMETER)
        found = {
            one: comparisons(members, column, metric=one) for one in panels_of(metric, members)
        }
        if found[metric]:
            plots[f"{KIND_WORDS[kind]} {name}"] = _values_plot(found, kind, xlabel=name)
    return plots


def group_plots(members: pd.DataFrame) -> dict[str, Figure | Markdown]:
    """Draw the groups of versions that the published study compares, test tiles beside all tiles.

    Args:
        members: A member table; members with other names than the published versions have no part.

    Returns:
        A plot for each group of which two versions or more have scores.
    """
    if not {MAP_METRIC, MAP_TVT_METRIC} <= {*members.columns}:
        return {}
    plots: dict[str, Figure | Markdown] = {}
    for group in GROUPS:
        found = {
            metric: group_means(members, group, metric=metric)
            for metric in (MAP_METRIC, MAP_TVT_METRIC)
        }
        if len(found[MAP_METRIC].points) > 1:
            drawn = {metric: [one] for metric, one in found.items()}
            plots[f"published group {group.name}"] = _values_plot(
                drawn, "ejseg", xlabel=group.name, is_ordered=True
            )
    return plots


@drawing
def _values_plot(
    found: Mapping[str, Sequence[Comparison]],
    kind: ModelKind,
    *,
    xlabel: str,
    is_ordered: bool = False,
) -> Figure:
    """Draw means with standard errors over the values of a hyperparameter, and every member.

    Args:
        found: Comparisons by metric, a panel each.
        kind: Which model.
        xlabel: What varies.
        is_ordered: Whether values keep the order of the points.
    """
    width = SIZE_INCHES[0] if len(found) == 1 else PANEL_INCHES * len(found)
    figure = Figure(figsize=(width, 3.2), dpi=DPI, layout="constrained")
    panels = figure.subplots(1, len(found), sharey=True, squeeze=False)[0]
    for axes, (metric, comparisons_of) in zip(panels, found.items(), strict=True):
        _draw(axes, comparisons_of, is_ordered=is_ordered)
        axes.set_xlabel(xlabel, fontsize=8)
        if len(found) == 1:
            axes.set_ylabel(score_words(kind, metric), fontsize=8)
        else:
            axes.set_title(PANEL_WORDS[metric], fontsize=8)
    if len(found) > 1:
        panels[0].set_ylabel("F1 of the pixels of the map", fontsize=8)
    handles = panels[0].get_legend_handles_labels()
    columns = 1 if len(handles[0]) < 3 else 2
    figure.legend(*handles, loc="outside upper center", ncols=columns, fontsize=8, frameon=False)
    return figure


def _draw(axes: Axes, found: Sequence[Comparison], *, is_ordered: bool) -> None:
    named = dict.fromkeys(point.value for one in found for point in one.points)
    values = list(named) if is_ordered else sorted(named, key=_rank)
    for number, one in enumerate(found):
        shift = (number - (len(found) - 1) / 2) * 0.5 / len(found)
        places = [values.index(point.value) + shift for point in one.points]
        draw_means(axes, places, one.points, number=number, label=one.label)
    turn_deg, end = (30, "right") if len(" ".join(values)) > LONG_WORDS else (0, "center")
    axes.set_xticks(range(len(values)), values, rotation=turn_deg, ha=end)
    axes.set_xlim(-0.6, len(values) - 0.4)
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.3)


def _rank(value: str) -> tuple[int, float, str]:
    """Order numbers by size, then words by letters, "none" last."""
    try:
        return 0, float(value), ""
    except ValueError:
        return (2 if value == NONE_WORD else 1), 0.0, value
