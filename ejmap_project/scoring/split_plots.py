"""Plots of scores over splits: tiles against pixels, and the learning curve."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from ejmap_project.figures import SERIES, VERMILION, legend_above, new_plot
from ejmap_project.paths import ModelKind
from ejmap_project.scoring.hyperparameter_plots import (
    MAP_METRIC,
    MARKERS,
    TEST_METRIC,
    draw_means,
    metric_of,
    score_words,
)
from ejmap_project.scoring.hyperparameters import MeanScore, mean_score
from ejmap_project.scoring.members import KINDS

MAP_TILE_METRIC = "map_test_tile_f1"
LEARNING_CURVE = "learning_curve"
# Splits of the learning curve test on the tiles of this one.
WHOLE_SPLIT = 0
# Random splits train on nearly the same number of locations, which is no curve.
LEAST_GROWTH = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Points:
    """Means of tiles and of pixels by split."""

    label: str
    tiles: Mapping[int, MeanScore]
    pixels: Mapping[int, MeanScore]

    @property
    def splits(self) -> list[int]:
        """Splits with both."""
        return sorted(set(self.tiles) & set(self.pixels))


def split_plot(
    members: pd.DataFrame, configured: Mapping[ModelKind, str], own_map: tuple[float, float]
) -> Figure | None:
    """Draw test scores of tiles against those of pixels, one point a split.

    Args:
        members: A table of :func:`ejmap_project.scoring.members.member_table`.
        configured: Name of the configuration that the project uses, by model.
        own_map: F1 of tiles and of pixels of the map in its test tiles; NaN where unknown.

    Returns:
        The plot: the configured models (tiles of EJCONN, pixels of EJSEG) and, where they are
        known, maps that were made by each member; None without any split to show.
    """
    whole = members[members["split_kind"].ne(LEARNING_CURVE).fillna(value=True)]
    drawn = [one for one in (_of_models(whole, configured), _of_maps(whole)) if one and one.splits]
    if not drawn:
        return None
    figure, axes = new_plot()
    for number, one in enumerate(drawn):
        x, y = ([values[split] for split in one.splits] for values in (one.tiles, one.pixels))
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
            label=one.label,
        )
        for split, across, up in zip(one.splits, x, y, strict=True):
            place = (across.mean, up.mean)
            axes.annotate(str(split), place, (3, 3), textcoords="offset points", fontsize=7)
    if all(math.isfinite(one) for one in own_map):
        axes.plot(*own_map, marker="*", color=VERMILION, markersize=10, ls="", label="this map")
    axes.set_xlabel("test F1 of tiles")
    axes.set_ylabel("test F1 of pixels")
    legend_above(figure, columns=1)
    return figure


def learning_plot(members: pd.DataFrame) -> Figure | None:
    """Draw scores over the number of tile locations that were learned from.

    Args:
        members: A table of :func:`ejmap_project.scoring.members.member_table`.

    Returns:
        One line a configuration that learned from different numbers; None without any.
    """
    figure, axes = new_plot()
    number = 0
    for kind in KINDS:
        part = members[members["model"] == kind]
        metric = metric_of(part)
        if metric is None:
            continue
        scored = _of_one_test(part.dropna(subset=[metric, "locations"]))
        for name, same in scored.groupby("name"):
            if same["locations"].max() < LEAST_GROWTH * same["locations"].min():
                continue
            points = _means_by(same, "locations", metric)
            label = f"{name}: {score_words(kind, metric)}"
            places = list(points)
            draw_means(axes, places, list(points.values()), number=number, label=label, line="-")
            number += 1
    axes.set_xlim(left=0)
    axes.set_xlabel("labelled tile locations to learn from")
    axes.set_ylabel("F1")
    legend_above(figure, columns=1)
    return figure if number else None


def _of_models(members: pd.DataFrame, configured: Mapping[ModelKind, str]) -> _Points | None:
    if TEST_METRIC not in members:
        return None
    scored = members.dropna(subset=[TEST_METRIC, "split"])
    means = {
        kind: _means_by(
            scored[(scored["model"] == kind) & (scored["name"] == configured[kind])],
            "split",
            TEST_METRIC,
        )
        for kind in KINDS
    }
    label = "models: tiles of EJCONN, pixels of EJSEG (mean and standard error)"
    return _Points(label=label, tiles=means["ejconn"], pixels=means["ejseg"])


def _of_maps(members: pd.DataFrame) -> _Points | None:
    """Return the version whose maps are known for most splits."""
    if not {MAP_METRIC, MAP_TILE_METRIC} <= set(members.columns):
        return None
    scored = members.dropna(subset=[MAP_METRIC, MAP_TILE_METRIC, "split"])
    if scored.empty:
        return None
    splits = scored.groupby("name")["split"].nunique()
    name = splits.sort_index().idxmax()
    chosen = scored[scored["name"] == name]
    return _Points(
        label=f"maps of single members of {name} (mean and standard error)",
        tiles=_means_by(chosen, "split", MAP_TILE_METRIC),
        pixels=_means_by(chosen, "split", MAP_METRIC),
    )


def _means_by(members: pd.DataFrame, column: str, metric: str) -> dict[int, MeanScore]:
    """Return mean scores by the values of a column of whole numbers, in rising order."""
    scores = members[metric].astype(float)
    values = sorted({int(value) for value in members[column]})
    return {value: mean_score(value, scores[members[column] == value].tolist()) for value in values}


def _of_one_test(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of a learning curve: all of them are tested on the same tiles."""
    is_curve = members["split_kind"] == LEARNING_CURVE
    return members[is_curve | (members["split"] == WHOLE_SPLIT)] if is_curve.any() else members
