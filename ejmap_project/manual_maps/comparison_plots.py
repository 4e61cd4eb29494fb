"""Plots of agreement with whole manual maps over the share of the manual ejecta."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ejmap_project.artefact import Markdown, drawing
from ejmap_project.figures import DPI, ORANGE, SERIES, SKY, VERMILION
from ejmap_project.manual_maps.comparison_table import (
    DECILES,
    MANUAL_BLANKET,
    MAPPED_BLANKET,
    TILES,
    WHOLE,
)

SHOWN = {"f1": "F1", "precision": "precision", "recall": "recall"}
PER_PAGE = 10
ON_PAGE = "map against manual map"
# Blankets as in the published figures: the mapped one is a triangle, the manual one a square.
BLANKETS = ((MAPPED_BLANKET, "^", VERMILION), (MANUAL_BLANKET, "s", ORANGE))
LINES = ("-", "--")
# As many lines as colours and dashes can tell apart.
MOST_NAMED = len(LINES) * 5


def quantile_plots(table: pd.DataFrame) -> dict[str, Figure | Markdown]:
    """Draw F1, precision and recall of each crater over the share of its manual ejecta.

    Args:
        table: Valid under ``ManualComparisonTable``.

    Returns:
        Pages of ten craters, a row each; none without craters.
    """
    craters = [part for _, part in table.groupby("crater_id", sort=False)]
    pages = [craters[first : first + PER_PAGE] for first in range(0, len(craters), PER_PAGE)]
    return {f"agreement {number}": _page(page) for number, page in enumerate(pages, start=1)}


def overview_plot(table: pd.DataFrame) -> dict[str, Figure | Markdown]:
    """Draw the three scores of all craters in one panel each; nothing without craters.

    The craters with the most manual ejecta have colours and names, all others are grey.
    """
    if table.empty:
        return {}
    return {"agreement, all craters": _overview(table)}


@drawing
def _overview(table: pd.DataFrame) -> Figure:
    whole = table[table["part"] == WHOLE].set_index("crater_id")
    most = (whole["true_positive"] + whole["false_negative"]).nlargest(MOST_NAMED).index
    colors = {
        crater_id: (SERIES[number % 5], LINES[number // 5]) for number, crater_id in enumerate(most)
    }
    figure = Figure(figsize=(9.6, 4.2), dpi=DPI, layout="constrained")
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    for axes, score in zip(panels, SHOWN, strict=True):
        for crater_id, part in table.groupby("crater_id", sort=False):
            color, line = colors.get(crater_id, ("0.75", "-"))
            label = str(part["crater"].iloc[0]) if crater_id in colors else None
            _draw(axes, part, score, color=color, line=line, label=label)
        _label(axes, score)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, fontsize=8, frameon=False)
    others = whole.shape[0] - len(colors)
    figure.suptitle(
        "triangle: edge of the mapped blanket; square: edge of the manual blanket"
        + (f"; grey: {others} other craters" if others else ""),
        fontsize=8,
    )
    return figure


@drawing
def _page(craters: Sequence[pd.DataFrame]) -> Figure:
    height = 1.35 * len(craters) + 0.8
    figure = Figure(figsize=(9.0, height), dpi=DPI, layout="constrained")
    grid = figure.subplots(len(craters), 3, sharex=True, sharey=True, squeeze=False)
    for number, (row, part) in enumerate(zip(grid, craters, strict=True)):
        for axes, score in zip(row, SHOWN, strict=True):
            _draw(axes, part, score, color=SERIES[0], line="-", label=ON_PAGE)
            _label(axes, score if number == 0 else "", is_last=number == len(craters) - 1)
        row[0].set_ylabel(str(part["crater"].iloc[0]), fontsize=8)
    named = {
        label: handle
        for axes in grid.ravel()
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        named.values(), named.keys(), loc="outside upper center", ncols=4, fontsize=8, frameon=False
    )
    return figure


def _draw(
    axes: Axes, part: pd.DataFrame, score: str, *, color: str, line: str, label: str | None
) -> None:
    """Draw a score over the share of the manual ejecta, its blankets, and that of its tiles."""
    rows = part.set_index("part")
    discs = rows.loc[list(DECILES)]
    x = 100 * discs["manual_share"]
    axes.plot(x, discs[score], color=color, linestyle=line, lw=1.2, label=label)
    is_page = label == ON_PAGE
    for name, marker, edge in BLANKETS:
        at = rows.loc[name]
        axes.plot(
            [100 * at["manual_share"]],
            [at[score]],
            marker=marker,
            ms=5,
            ls="",
            color=edge if is_page else color,
            label=name if is_page else None,
        )
    if TILES in rows.index and bool(rows["is_independent"].iloc[0]):
        axes.axhline(
            float(part[score].to_numpy()[part["part"] == TILES][0]),
            color=SKY if is_page else color,
            linestyle=":",
            lw=1.2,
            label="labelled tiles against manual map" if is_page else None,
        )


def _label(axes: Axes, score: str, *, is_last: bool = True) -> None:
    axes.set(xlim=(0, 103), ylim=(0, 1.03), xticks=range(0, 101, 25))
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)
    if score:
        axes.set_title(SHOWN[score], fontsize=9)
    if is_last:
        axes.set_xlabel("manual ejecta within the disc, %", fontsize=8)
