"""Plots of scores and trainings, and the same as files.

Figures are matplotlib's own objects: nothing here knows of the global state of pyplot.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from ejmap_geo.whole_file import whole_file
from ejmap_ml.calibration.band_reliability import BandReliability
from ejmap_project.artefact import Markdown, Picture, drawing
from ejmap_project.pictures.plot_file import png_of

SIZE_INCHES = (4.6, 2.6)
DPI = 100
FILE_DPI = 200
# Some 8 kB each, in an event log that travels with every page that lists it.
MOST_SHOWN = 16
# Spanned by an axis whose ticks are powers of ten alone.
WIDE = 1e4

# Okabe and Ito: told apart by people who see red and green alike.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY = "#CC79A7", "#56B4E9"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P")


def new_plot(*, width: float = SIZE_INCHES[0], height: float = 3.0) -> tuple[Figure, Axes]:
    """Return an empty figure with one pair of axes; sizes are in hundreds of screen pixels."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
    return figure, axes


class _FewTicks(LogLocator):
    """Ticks at 1, 2, 5, 10 ..., and at powers of ten alone where an axis spans many."""

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Return the places of the ticks between two values."""
        self.set_params(subs=(1,) if vmax > WIDE * vmin else (1, 2, 5))
        return super().tick_values(vmin, vmax)


def log_scale(axes: Axes, *along: Literal["x", "y"]) -> None:
    """Draw axes by the logarithm with plain numbers, 1, 2, 5, 10 ..., and none in between.

    Matplotlib writes powers of ten, and labels of all ticks over each other where an axis spans
    less than one.
    """
    axes.set(**{f"{name}scale": "log" for name in along})
    for name in along:
        axis = axes.xaxis if name == "x" else axes.yaxis
        axis.set_major_locator(_FewTicks())
        axis.set_major_formatter("{x:,.12g}")
        axis.set_minor_formatter(NullFormatter())


def legend_above(figure: Figure, *, columns: int = 2) -> None:
    """Name what is drawn above the axes; nothing is named where nothing is drawn."""
    if figure.axes[0].get_legend_handles_labels()[0]:
        figure.legend(loc="outside upper center", ncols=columns, fontsize=8, frameon=False)


@drawing
def training_curve(history: pd.DataFrame) -> Picture:
    """Plot loss and, where validated, F1 over the steps of a training.

    Args:
        history: ``step``, ``train_loss`` and perhaps ``val_f1``, one row an epoch.
    """
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    losses = figure.add_subplot()
    losses.plot(history["step"], history["train_loss"], color="tab:blue")
    losses.set_xlabel("optimizer step")
    losses.set_ylabel("training loss", color="tab:blue")
    validated = history.dropna(subset=["val_f1"]) if "val_f1" in history.columns else None
    if validated is not None and len(validated):
        scores = losses.twinx()
        scores.plot(validated["step"], validated["val_f1"], color="tab:orange", marker=".")
        scores.set_ylabel("validation F1", color="tab:orange")
        scores.set_ylim(0, 1)
    return Picture(figure, alt="training curve")


@drawing
def score_bars(scores: Mapping[str, float], *, what: str) -> Picture:
    """Plot one horizontal bar a score, 0 to 1, in the given order from the top.

    Args:
        scores: Values by name.
        what: The score in words.
    """
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(list(scores)[::-1], list(scores.values())[::-1], color="tab:blue")
    axes.set_xlim(0, 1)
    axes.set_xlabel(what)
    axes.grid(axis="x", alpha=0.4)
    return Picture(figure, alt="scores")


@drawing
def signed_bars(values: Mapping[str, float]) -> Picture:
    """Plot one horizontal bar a value, blue above 0 and red below, in the given order from the top.

    Args:
        values: Values by name.
    """
    height = max(SIZE_INCHES[1], 0.16 * len(values) + 0.6)
    figure = Figure(figsize=(SIZE_INCHES[0], height), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    heights = list(values.values())[::-1]
    colors = ["tab:blue" if height > 0 else "tab:red" for height in heights]
    axes.barh(list(values)[::-1], heights, color=colors)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlabel("grey levels brighter than beside it")
    return Picture(figure, alt="brightness of ejecta against their surroundings")


@drawing
def reliability_plot(table: pd.DataFrame) -> Picture:
    """Plot what came true over what was said, the points as large as they have samples.

    Args:
        table: What :func:`ejmap_ml.calibration.reliability.reliability` returns.
    """
    figure, axes = new_plot(width=4.0)
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="comes true as said")
    share = table["samples"] / max(table["samples"].sum(), 1)
    axes.scatter(
        table["mean_probability"],
        table["share_true"],
        s=20 + 300 * share,
        color=BLUE,
        label="tiles",
    )
    axes.set_xlabel("mean probability")
    axes.set_ylabel("share with ejecta")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    legend_above(figure)
    return Picture(figure, alt="reliability of connections")


@drawing
def distance_reliability_plot(bands: Sequence[BandReliability]) -> Picture:
    """Plot what came true over what was said in each band of distance, points by their area."""
    cols = 4
    rows = -(-len(bands) // cols)
    figure = Figure(figsize=(4.8, 1.5 * rows + 0.3), dpi=DPI, layout="constrained")
    grid = figure.subplots(rows, cols, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, band in zip(grid, bands, strict=False):
        axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
        points = [(one.mean_probability, one.share_true) for one in band.bins]
        sizes = [6 + 120 * one.area_share for one in band.bins]
        if points:
            said, true = zip(*points, strict=True)
            axes.plot(said, true, color=BLUE, linewidth=0.8)
            axes.scatter(said, true, s=sizes, color=BLUE, linewidth=0)
        slope, error = band.slope, band.calibration_error
        numbers = "" if slope is None or error is None else f"slope {slope:.2f}\nerror {error:.3f}"
        axes.text(0.04, 0.96, numbers, fontsize=6.5, va="top", transform=axes.transAxes)
        axes.set_title(f"{band.near_radii:g} to {band.far_radii:g} radii", fontsize=7)
        axes.set(xlim=(0, 1), ylim=(0, 1), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        axes.tick_params(labelsize=6.5)
        axes.grid(alpha=0.3)
    for axes in grid[len(bands) :]:
        axes.set_axis_off()
    figure.supxlabel("probability of ejecta", fontsize=8)
    figure.supylabel("share that is ejecta", fontsize=8)
    return Picture(figure, alt="reliability of probabilities by distance")


@drawing
def places_plot(craters: pd.DataFrame) -> Picture:
    """Plot where craters lie on a planet, the points as large as the craters, not to scale.

    Args:
        craters: ``lon_deg``, ``lat_deg`` and ``radius_m``.
    """
    figure, axes = new_plot()
    share = np.sqrt(craters["radius_m"] / craters["radius_m"].max())
    axes.scatter(
        craters["lon_deg"], craters["lat_deg"], s=60 * share, color=BLUE, alpha=0.6, linewidth=0
    )
    axes.set_xlim(-180, 180)
    axes.set_ylim(-90, 90)
    axes.set_xticks(range(-180, 181, 60))
    axes.set_yticks(range(-90, 91, 30))
    axes.set_aspect("equal")
    axes.set_xlabel("longitude, degrees east")
    axes.set_ylabel("latitude")
    return Picture(figure, alt="where the craters lie")


def saved_figures(
    figures: Mapping[str, Figure | Markdown], folder: Path, *, most: int = MOST_SHOWN
) -> dict[str, Picture | Markdown]:
    """Write plots as PNG files, sharp enough for paper, and return the first ones as pictures.

    One that could not be drawn, or cannot be written as a picture, leaves its note.

    Args:
        figures: Plots by name; the name is what the plot shows, in words.
        folder: Where the files go; plots that lie there from an earlier time are removed.
        most: Largest number that is returned; all are written.

    Returns:
        Pictures by ``picture_NAME``.
    """
    for old in folder.glob("*.png"):
        old.unlink()
    words = {name: re.sub(r"\W+", "_", name) for name in figures}
    shown: dict[str, Picture | Markdown] = {}
    for name, figure in figures.items():
        saved = figure if isinstance(figure, Markdown) else _as_png(figure, alt=name)
        if isinstance(saved, Markdown):
            shown[f"picture_{words[name]}"] = saved
            continue
        picture, png = saved
        with whole_file(folder / f"{words[name]}.png") as unfinished:
            unfinished.write_bytes(png)
        shown[f"picture_{words[name]}"] = picture
    return dict(list(shown.items())[:most])


@drawing
def _as_png(figure: Figure, *, alt: str) -> tuple[Picture, bytes]:
    png = png_of(figure, dpi=FILE_DPI)
    return Picture(png, alt=alt), png
