"""Plots of ejecta beside the ground at equal distance: by distance, and from band to band."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ejmap_project.analysis.spectra import BLANKET, RAYS, RING
from ejmap_project.figures import BLUE, ORANGE, SERIES, log_scale


def plot_by_distance(axes: Axes, table: pd.DataFrame, *, unit: str) -> None:
    """Draw how much brighter ejecta are than the ground beside them, by distance and band.

    Args:
        axes: Where to draw.
        table: Rows of one crater, under ``SpectrumTable``.
        unit: Unit of the values.
    """
    rings = table[table["part"] == RING]
    for (band, rows), color in zip(rings.groupby("band", sort=False), SERIES, strict=False):
        names = ("inner_radii", "outer_radii", "difference", "difference_low", "difference_high")
        inner, outer, difference, low, high = (rows[name].to_numpy(np.float64) for name in names)
        middle = np.sqrt(inner * outer)
        axes.plot(middle, difference, color=color, marker="o", ms=3, lw=1, label=str(band))
        axes.fill_between(middle, low, high, color=color, alpha=0.2, linewidth=0)
    axes.axhline(0, color="0.5", lw=0.8)
    log_scale(axes, "x")
    axes.set_xlabel("distance, crater radii", fontsize=8)
    axes.set_ylabel(f"ejecta less ground, {unit}", fontsize=8)
    _dress(axes)


def plot_spectrum(axes: Axes, table: pd.DataFrame, *, unit: str) -> None:
    """Draw the difference of blanket and rays from band to band, with its interval.

    Args:
        axes: Where to draw.
        table: Rows of one crater, under ``SpectrumTable``.
        unit: Unit of the values.
    """
    bands = [*dict.fromkeys(table["band"])]
    for part, color, shift in ((BLANKET, ORANGE, -0.08), (RAYS, BLUE, 0.08)):
        rows = table[table["part"] == part]
        at = np.array([bands.index(band) for band in rows["band"]]) + shift
        middle, low, high = (
            rows[name].to_numpy(np.float64)
            for name in ("difference", "difference_low", "difference_high")
        )
        reach = np.nan_to_num(np.stack([middle - low, high - middle]))
        axes.errorbar(
            at,
            middle,
            yerr=reach,
            fmt="o",
            ms=4,
            lw=1.2,
            capsize=3,
            color=color,
            label=part,
        )
    axes.axhline(0, color="0.5", lw=0.8)
    axes.set_xticks(range(len(bands)), bands)
    axes.set_xlim(-0.5, max(len(bands) - 0.5, 0.5))
    axes.set_ylabel(f"ejecta less ground, {unit}", fontsize=8)
    _dress(axes)


def _dress(axes: Axes) -> None:
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=7)
