"""Plots of splits: each score of tiles against that of pixels."""

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ejmap_project.artefact import Markdown, drawing
from ejmap_project.comparison.hyperparameters import MAP_METRIC, TEST_METRIC, MeanScore, means_by
from ejmap_project.comparison.split_scores import MAP_TILE_METRIC, METRICS, maps_by_split
from ejmap_project.figures import DPI, MARKERS, SERIES, VERMILION, legend_above, new_plot
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.scoring.tile_counts import score_column
from ejmap_project.scoring.tile_scoring import PIXEL, TEST, TILE, TVT

LEARNING_CURVE = "learning_curve"
METRIC_WORDS = {"f1": "F1", "recall": "recall", "precision": "precision", "iou": "IoU"}
SCOPE_WORDS = ("all labelled tiles", "test tiles")

# What is drawn in words, and the means of tiles and of pixels by split.
Points = tuple[str, dict[int, MeanScore], dict[int, MeanScore]]


@drawing
def split_plot(
    members: pd.DataFrame, configured: Mapping[ModelKind, str], own_map: tuple[float, float]
) -> Figure | None:
    """Draw test scores of tiles against those of pixels, one point a split.

    Args:
        members: A table of :func:`ejmap_project.comparison.members.member_table`.
        configured: Name of the configuration that the project uses, by model.
        own_map: F1 of tiles and of pixels of the map in its test tiles; NaN where unknown.

    Returns:
        The plot: the configured models (tiles of EJCONN, pixels of EJSEG) and, where they are
        known, maps that were made by each member; None without any split to show.
    """
    whole = _whole(members)
    found = [*_of_models(whole, configured), *_of_maps(whole)]
    drawn = [one for one in found if one[1].keys() & one[2].keys()]
    if not drawn:
        return None
    figure, axes = new_plot()
    for number, (label, tiles, pixels) in enumerate(drawn):
        splits = sorted(tiles.keys() & pixels.keys())
        x, y = ([values[split] for split in splits] for values in (tiles, pixels))
        _draw_points(axes, x, y, color=SERIES[number], marker=MARKERS[number], label=label)
        _number(axes, splits, x, y)
    if all(math.isfinite(one) for one in own_map):
        axes.plot(*own_map, marker="*", color=VERMILION, markersize=10, ls="", label="this map")
    axes.set(xlabel="test F1 of tiles", ylabel="test F1 of pixels")
    legend_above(figure, columns=1)
    return figure


def _of_models(members: pd.DataFrame, configured: Mapping[ModelKind, str]) -> Iterator[Points]:
    if TEST_METRIC in members:
        scored = members.dropna(subset=[TEST_METRIC, "split"])
        parts = (
            scored[(scored["model"] == kind) & (scored["name"] == configured[kind])]
            for kind in MODEL_KINDS
        )
        label = "models: tiles of EJCONN, pixels of EJSEG (mean and standard error)"
        tiles, pixels = (means_by(part, "split", TEST_METRIC) for part in parts)
        yield label, tiles, pixels


def _of_maps(members: pd.DataFrame) -> Iterator[Points]:
    """Yield the version whose maps are known for most splits."""
    chosen = maps_by_split(members)
    if len(chosen):
        label = f"maps of single members of {_name(chosen)} (mean and standard error)"
        tiles, pixels = (
            means_by(chosen, "split", metric) for metric in (MAP_TILE_METRIC, MAP_METRIC)
        )
        yield label, tiles, pixels


def split_panels(members: pd.DataFrame) -> dict[str, Figure | Markdown]:
    """Draw each score of the maps of single members, tiles against pixels, one point a split.

    The left panel has test tiles and all labelled tiles, the right one all labelled tiles alone.

    Args:
        members: A member table.

    Returns:
        A figure a score; none where fewer than two splits have maps.
    """
    chosen = maps_by_split(_whole(members))
    if chosen["split"].nunique() < 2:
        return {}
    return {f"splits {METRIC_WORDS[one]}": _panels(chosen, one) for one in METRICS}


@drawing
def _panels(members: pd.DataFrame, metric: str) -> Figure:
    figure = Figure(figsize=(8.6, 4.0), dpi=DPI, layout="constrained")
    panels = figure.subplots(1, 2)
    for axes, scopes in zip(panels, ((TEST, TVT), (TVT,)), strict=True):
        for scope in scopes:
            columns = [score_column(scope, level, metric) for level in (TILE, PIXEL)]
            if {*columns} <= {*members.columns}:
                rows = members.dropna(subset=columns)
                _draw_scope(axes, rows, columns, number=(TVT, TEST).index(scope))
        axes.set_xlabel(f"{METRIC_WORDS[metric]} of tiles", fontsize=8)
        axes.set_ylabel(f"{METRIC_WORDS[metric]} of pixels", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.3)
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
        fontsize=8,
        frameon=False,
    )
    figure.suptitle(f"maps of single members of {_name(members)}", fontsize=9)
    return figure


def _draw_scope(axes: Axes, rows: pd.DataFrame, columns: Sequence[str], *, number: int) -> None:
    """Draw splits with standard errors and numbers, and lines at the means over splits."""
    tiles, pixels = (means_by(rows, "split", column) for column in columns)
    splits, color = list(tiles), SERIES[number]
    x, y = ([values[split] for split in splits] for values in (tiles, pixels))
    label = f"{SCOPE_WORDS[number]}; lines: mean over splits"
    _draw_points(axes, x, y, color=color, marker=MARKERS[number], label=label)
    _number(axes, splits, x, y)
    for draw, points in ((axes.axvline, x), (axes.axhline, y)):
        mean = sum(point.mean for point in points) / len(points)
        draw(mean, color=color, lw=0.9, ls="--")


def _draw_points(
    axes: Axes,
    x: Sequence[MeanScore],
    y: Sequence[MeanScore],
    *,
    color: str,
    marker: str,
    label: str,
) -> None:
    axes.errorbar(
        [point.mean for point in x],
        [point.mean for point in y],
        xerr=[point.standard_error for point in x],
        yerr=[point.standard_error for point in y],
        linestyle="",
        marker=marker,
        color=color,
        capsize=2,
        markersize=4,
        elinewidth=0.8,
        label=label,
    )


def _number(
    axes: Axes, splits: Sequence[int], x: Sequence[MeanScore], y: Sequence[MeanScore]
) -> None:
    for split, across, up in zip(splits, x, y, strict=True):
        place = (across.mean, up.mean)
        axes.annotate(str(split), place, (3, 3), textcoords="offset points", fontsize=7)


def _whole(members: pd.DataFrame) -> pd.DataFrame:
    """Return members that learned from a whole split, not from a part of it."""
    return members[members["split_kind"].ne(LEARNING_CURVE).fillna(value=True)]


def _name(members: pd.DataFrame) -> str:
    return str(members["name"].iloc[0])
