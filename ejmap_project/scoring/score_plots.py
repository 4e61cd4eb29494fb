"""Plots of how well the map agrees with labelled tiles."""

from dataclasses import astuple

import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from ejmap_geo.tiles.labels import windows_of
from ejmap_project.artefact import Picture, drawing
from ejmap_project.figures import BLUE, GREEN, ORANGE, VERMILION, legend_above, log_scale, new_plot
from ejmap_project.scoring.tile_scoring import CEILING, MAP, PIXEL, TEST, TILE, TVT

# What the codes of the connection matrix mean, and their colours.
MATRIX_CODES = (("neither", "#E6E6E6"), ("missed", VERMILION), ("invented", BLUE), ("both", GREEN))
UNUSED_COLOR = "white"
NO_EJECTA_COLOR = "0.92"
SCOPE_WORDS = {TVT: "all labelled tiles", TEST: "test tiles"}
SCOPE_STYLES = {TVT: ("-", "o"), TEST: ("--", "s")}
KIND_COLORS = {MAP: BLUE, CEILING: ORANGE}
MATRIX_INCHES = (2.6, 4.6)
INCHES_PER_TILE = 0.06
NAMED_TICKS = 12


@drawing
def matrix_plot(matrix: pd.DataFrame) -> Figure:
    """Draw which tiles are connected to which craters, truly and as found.

    Args:
        matrix: What :func:`ejmap_project.scoring.tile_scoring.connection_matrix` returns.
    """
    codes = matrix.drop(columns="tile_id").to_numpy(np.float64, na_value=np.nan)
    figure, axes = new_plot(height=np.clip(1.2 + INCHES_PER_TILE * len(matrix), *MATRIX_INCHES))
    colors = ListedColormap([color for _, color in MATRIX_CODES], bad=UNUSED_COLOR)
    axes.imshow(
        np.ma.masked_invalid(codes),
        cmap=colors,
        norm=BoundaryNorm(np.arange(len(MATRIX_CODES) + 1) - 0.5, len(MATRIX_CODES)),
        aspect="auto",
        interpolation="nearest",
    )
    axes.grid(visible=False)
    axes.set(xlabel="crater id", ylabel="tile id")
    cols, rows = _ticks(codes.shape[1]), _ticks(codes.shape[0])
    names = matrix.columns.drop("tile_id").to_numpy()
    axes.set_xticks(cols, names[cols])
    axes.set_yticks(rows, matrix["tile_id"].to_numpy()[rows].astype(str))
    handles = [
        Patch(facecolor=color, edgecolor="0.5", label=word)
        for word, color in (*MATRIX_CODES, ("not used", UNUSED_COLOR))
    ]
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=len(handles),
        fontsize=8,
        frameon=False,
        columnspacing=1.2,
    )
    return figure


@drawing
def scale_plot(scores: pd.DataFrame) -> Figure:
    """Draw F1 of pixels over the side of the majority filter that both masks pass first.

    Args:
        scores: A table of :func:`ejmap_project.scoring.tile_scoring.map_score_table`.
    """
    figure, axes = new_plot()
    pooled = scores[scores["crater_id"].isna() & (scores["level"] == PIXEL)]
    for (kind, scope), part in pooled.dropna(subset=["f1"]).groupby(["kind", "scope"]):
        line, marker = SCOPE_STYLES[str(scope)]
        axes.plot(
            part["scale_px"],
            part["f1"],
            color=KIND_COLORS[str(kind)],
            linestyle=line,
            marker=marker,
            markersize=4,
            label=f"{kind}, {SCOPE_WORDS[str(scope)]}",
        )
    axes.set_xticks(sorted(set(scores["scale_px"])))
    axes.set(xlabel="side of the majority filter (pixels)", ylabel="F1 of pixels", ylim=(0, 1.02))
    legend_above(figure)
    return figure


@drawing
def crater_plot(scores: pd.DataFrame) -> Figure:
    """Draw F1 of each crater over how many ejecta pixels a person mapped of it.

    Craters of which nothing was mapped have no place in it.

    Args:
        scores: A table of :func:`ejmap_project.scoring.tile_scoring.map_score_table`.
    """
    figure, axes = new_plot()
    chosen = scores["crater_id"].notna() & (scores["kind"] == MAP) & (scores["scale_px"] == 1)
    by_crater = scores[chosen & (scores["scope"] == TVT)]
    ejecta = by_crater[by_crater["level"] == PIXEL].set_index("crater_id")
    ejecta_px = ejecta["true_positive"] + ejecta["false_negative"]
    ejecta_px = ejecta_px[ejecta_px > 0]
    for level, color, marker in ((PIXEL, BLUE, "o"), (TILE, ORANGE, "^")):
        f1 = by_crater[by_crater["level"] == level].set_index("crater_id")["f1"]
        f1 = f1.loc[ejecta_px.index]
        axes.scatter(ejecta_px, f1, s=16, color=color, marker=marker, alpha=0.8, label=f"{level}s")
    if len(ejecta_px):
        log_scale(axes, "x")
    axes.set(ylabel="F1 of a crater", ylim=(-0.02, 1.02))
    axes.set_xlabel("mapped ejecta of the crater in labelled tiles (pixels)")
    legend_above(figure)
    return figure


@drawing
def location_plot(tiles: pd.DataFrame, f1: pd.Series, *, width_px: int) -> Picture:
    """Draw where on the planet the map is good: tile locations in the colours of their F1.

    Args:
        tiles: Labelled tiles with their rectangles on the basemap.
        f1: F1 of all pixels of a location by ``tile_id``; NaN where there are no ejecta.
        width_px: Columns of the basemap.
    """
    figure, axes = new_plot()
    axes.set_facecolor(NO_EJECTA_COLOR)
    boxes: list[Rectangle] = []
    values: list[float] = []
    for tile_id, window in windows_of(tiles).items():
        row, col, height, width = (side * 360 / width_px for side in astuple(window))
        # A tile across the antimeridian shows at both sides.
        for left in (col, col - 360) if col + width > 360 else (col,):
            boxes.append(Rectangle((left - 180, 90 - row - height), width, height))
            values.append(float(f1.get(tile_id, np.nan)))
    drawn = PatchCollection(boxes, cmap="cividis", edgecolor="white", linewidth=0.4)
    drawn.set_array(np.ma.masked_invalid(values))
    drawn.set_clim(0, 1)
    axes.add_collection(drawn)
    axes.set(xlim=(-180, 180), ylim=(-90, 90), aspect="equal")
    axes.set(xticks=range(-180, 181, 60), yticks=range(-90, 91, 30))
    axes.set(xlabel="longitude (degrees east)", ylabel="latitude (degrees)")
    bar = figure.colorbar(drawn, ax=axes, orientation="horizontal", shrink=0.6, aspect=30)
    bar.set_label("F1 of pixels; outlined only: no ejecta", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return Picture(figure, alt="F1 of tile locations")


def _ticks(count: int) -> np.ndarray:
    """Return places of at most a dozen ticks, a round number apart."""
    steps = [digit * 10**power for power in range(6) for digit in (1, 2, 5)]
    return np.arange(0, count, next(step for step in steps if count <= step * NAMED_TICKS))
