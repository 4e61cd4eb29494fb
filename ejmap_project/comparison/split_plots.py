"""The plot of splits: scores of tiles against those of pixels."""

import math
from collections.abc import Iterator, Mapping

import pandas as pd
from matplotlib.figure import Figure

from ejmap_project.figures import MARKERS, SERIES, VERMILION, legend_above, new_plot
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.comparison.hyperparameters import MAP_METRIC, TEST_METRIC, MeanScore, means_by

MAP_TILE_METRIC = "map_test_tile_f1"
LEARNING_CURVE = "learning_curve"

# What is drawn in words, and the means of tiles and of pixels by split.
Points = tuple[str, dict[int, MeanScore], dict[int, MeanScore]]


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
    whole = members[members["split_kind"].ne(LEARNING_CURVE).fillna(value=True)]
    found = [*_of_models(whole, configured), *_of_maps(whole)]
    drawn = [one for one in found if one[1].keys() & one[2].keys()]
    if not drawn:
        return None
    figure, axes = new_plot()
    for number, (label, tiles, pixels) in enumerate(drawn):
        splits = sorted(tiles.keys() & pixels.keys())
        x, y = ([values[split] for split in splits] for values in (tiles, pixels))
        axes.errorbar(
            [point.mean for point in x],
            [point.mean for point in y],
            xerr=[point.standard_error for point in x],
            yerr=[point.standard_error for point in y],
            linestyle="",
            marker=MARKERS[number],
            color=SERIES[number],
            capsize=2,
            markersize=4,
            elinewidth=0.8,
            label=label,
        )
        for split, across, up in zip(splits, x, y, strict=True):
            place = (across.mean, up.mean)
            axes.annotate(str(split), place, (3, 3), textcoords="offset points", fontsize=7)
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
    if not {MAP_METRIC, MAP_TILE_METRIC} <= set(members.columns):
        return
    scored = members.dropna(subset=[MAP_METRIC, MAP_TILE_METRIC, "split"])
    if not scored.empty:
        name = scored.groupby("name")["split"].nunique().sort_index().idxmax()
        chosen = scored[scored["name"] == name]
        label = f"maps of single members of {name} (mean and standard error)"
        tiles, pixels = (
            means_by(chosen, "split", metric) for metric in (MAP_TILE_METRIC, MAP_METRIC)
        )
        yield label, tiles, pixels
