"""Pictures of the pattern of a crater: what was mapped, its profile, its sectors, its rays."""

import math
from typing import cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.projections.polar import PolarAxes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ejmap_geo.masks.probability_levels import as_probability
from ejmap_geo.patterns.coverage import coverage, coverage_curve
from ejmap_project.analysis.crater_measures import Measured
from ejmap_project.analysis.member_spread import MemberSpread
from ejmap_project.analysis.spectra_plot import plot_by_distance, plot_spectrum
from ejmap_project.analysis.surroundings import Surroundings
from ejmap_project.artefact import Picture, drawing
from ejmap_project.figures import (
    BLUE,
    DPI,
    ORANGE,
    PURPLE,
    VERMILION,
    legend_above,
    log_scale,
    new_plot,
)
from ejmap_project.pictures.shades import (
    averaged,
    mask_over,
    mosaic_grey,
    mosaic_rgb,
    probability_rgb,
    shrunk,
)

MAP_PX = 420
BINS, ARC_POINTS = 72, 4
# As in the published histogram of radii.
BIN_PX, LAST_BIN_PX = 10, 80
# Means over so many rings of the profile: single rings are as noisy as they are thin.
PROFILE_POINTS = 200


@drawing
def pattern_page(
    around: Surroundings,
    measured: Measured,
    spectra: pd.DataFrame,
    spread: MemberSpread | None = None,
) -> Picture:
    """Return the page of a crater.

    Args:
        around: The crater.
        measured: Its measures.
        spectra: Its bands on ejecta and beside them, under ``SpectrumTable``.
        spread: How far the members of the ensemble lie apart, where that is known.
    """
    name = around.crater.label
    return Picture(
        _page(around, measured, spectra, spread),
        alt=f"{name}: mosaic, ejecta and their probability, coverage by distance, ejecta by "
        "azimuth, ends of rays, bands on ejecta less those beside them",
    )


@drawing
def patterns_plot(table: pd.DataFrame) -> Picture:
    """Plot optical blankets and longest rays of all craters over their radius.

    Args:
        table: Valid under ``PatternsTable``.
    """
    figure, axes = new_plot()
    marks = {
        "optical_blanket_km": ("optical blanket", ORANGE, "s"),
        "longest_ray_km": ("longest ray", BLUE, "o"),
        "continuous_ejecta_km": ("continuous ejecta, by law", "0.4", "_"),
    }
    for column, (name, color, marker) in marks.items():
        seen = table[table[column] > 0]
        axes.scatter(seen["radius_km"], seen[column], s=24, color=color, marker=marker, label=name)
    axes.set_xlabel("rim radius, km")
    axes.set_ylabel("distance from the centre, km")
    log_scale(axes, "x", "y")
    legend_above(figure, columns=3)
    return Picture(figure, alt="blankets and longest rays over the radius of their crater")


@drawing
def radius_histogram(radius_px: NDArray[np.float64], is_clean: NDArray[np.bool_]) -> Picture:
    """Plot how many craters of each size can be analysed, and how many are discarded.

    Args:
        radius_px: Rim radius of each crater in pixels, ``(crater,)``.
        is_clean: Whether it has a blanket, four fifths of which are clean.
    """
    last = max(LAST_BIN_PX, math.ceil(float(radius_px.max(initial=0)) / BIN_PX) * BIN_PX)
    figure, axes = new_plot()
    axes.hist(
        [radius_px[is_clean], radius_px[~is_clean]],
        bins=list(range(0, last + BIN_PX, BIN_PX)),
        stacked=True,
        color=[BLUE, ORANGE],
        edgecolor="white",
        label=["analysed", "discarded: no blanket, or a fifth of it shared"],
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("rim radius, pixels of the mosaic")
    axes.set_ylabel("craters")
    legend_above(figure, columns=1)
    return Picture(figure, alt="craters by radius, analysed and discarded")


def _page(
    around: Surroundings,
    measured: Measured,
    spectra: pd.DataFrame,
    spread: MemberSpread | None,
) -> Figure:
    """Draw three maps and bands by distance above profile, rose, ray ends and spectrum."""
    # Places are fixed: finding them anew takes longer than drawing.
    figure = Figure(figsize=(14, 7.2), dpi=DPI)
    figure.subplots_adjust(left=0.05, right=0.98, top=0.9, bottom=0.09, wspace=0.32, hspace=0.36)
    panels = [figure.add_subplot(2, 4, place) for place in (1, 2, 3)]
    small = averaged(around.mosaic, max_side_px=MAP_PX)
    _show(panels[0], around, mosaic_rgb(small), "mosaic")
    _mask(panels[1], around, measured, mosaic_grey(small))
    _probability(panels[2], around)
    _profile(figure.add_subplot(2, 4, 5), around, measured, spread)
    _rose(_polar_axes(figure, (2, 4, 6), measured), measured)
    _ray_ends(_polar_axes(figure, (2, 4, 7), measured), around, measured)
    plot_by_distance(figure.add_subplot(2, 4, 4), spectra, unit="grey levels")
    plot_spectrum(figure.add_subplot(2, 4, 8), spectra, unit="grey levels")
    crater = around.crater
    figure.suptitle(f"{crater.label}, radius {crater.radius_m / 1000:.0f} km")
    return figure


def _polar_axes(figure: Figure, place: tuple[int, int, int], measured: Measured) -> PolarAxes:
    """Return axes of azimuth like a compass, with the distances written where no ray runs."""
    axes = cast("PolarAxes", figure.add_subplot(*place, projection="polar"))
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_xticks(np.radians([0, 90, 180, 270]), ["N", "E", "S", "W"])
    axes.tick_params(labelsize=7)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    between = np.arange(22.5, 360, 45)
    rays = np.array([ray.azimuth_deg for ray in measured.rays])
    apart = np.abs((between[:, None] - rays + 180) % 360 - 180).min(axis=1, initial=180)
    axes.set_rlabel_position(float(between[apart.argmax()]))
    axes.grid(alpha=0.3)
    return axes


def _show(axes: Axes, around: Surroundings, rgb: NDArray[np.uint8], title: str) -> None:
    half_km = around.grid.half_size_px * around.grid.resolution_m / 1000
    axes.imshow(rgb, extent=(-half_km, half_km, -half_km, half_km), interpolation="nearest")
    axes.set_title(title, fontsize=8)
    axes.set_xlabel("km east", fontsize=8)
    axes.set_ylabel("km north", fontsize=8)
    axes.tick_params(labelsize=7)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.set_autoscale_on(False)


def _mask(axes: Axes, around: Surroundings, measured: Measured, grey: NDArray[np.uint8]) -> None:
    rgb = mask_over(grey, shrunk(around.mask, max_side_px=MAP_PX))
    _show(axes, around, rgb, "ejecta, blanket, ends of rays")
    blanket_km = measured.blanket_px * around.grid.resolution_m / 1000
    for radius_km, style in ((around.crater.radius_m / 1000, ":"), (blanket_km, "-")):
        axes.add_patch(Circle((0, 0), radius_km, fill=False, color=BLUE, lw=1.4, ls=style))
    turn = np.radians([ray.azimuth_deg for ray in measured.rays])
    end_km = np.array([ray.end_m for ray in measured.rays]) / 1000
    axes.scatter(
        end_km * np.sin(turn), end_km * np.cos(turn), s=16, facecolor="white", edgecolor=BLUE, lw=1
    )


def _probability(axes: Axes, around: Surroundings) -> None:
    if around.probability is None:
        axes.text(0.5, 0.5, "masks are published\nwithout probabilities", ha="center", va="center")
        axes.set_axis_off()
        return
    rgb = probability_rgb(as_probability(shrunk(around.probability, max_side_px=MAP_PX)))
    _show(axes, around, rgb, "probability (black 0, orange .5, white 1)")


def _profile(
    axes: Axes, around: Surroundings, measured: Measured, spread: MemberSpread | None
) -> None:
    """Draw the coverage by distance with that of the members, and where the blanket ends."""
    share, sums = coverage_curve(measured.sums), measured.sums
    step = max(1, share.size // PROFILE_POINTS)
    rings = share[: share.size // step * step].reshape(-1, step)
    radius_px = around.radius_px
    middle = (np.arange(rings.shape[0]) + 0.5) * step / radius_px
    has_any = ~np.isnan(rings).all(axis=1) & (middle >= 1)
    axes.plot(middle[has_any], np.nanmean(rings[has_any], axis=1), color=BLUE, lw=1.2)
    if spread is not None:
        axes.fill_between(
            spread.range_radii,
            spread.lowest,
            spread.highest,
            color=BLUE,
            alpha=0.25,
            linewidth=0,
            label="members of the ensemble",
        )
    lines = {
        "half covered": (coverage(sums).radius_m / around.crater.radius_m, ORANGE, "-"),
        "optical blanket": (measured.blanket_px / radius_px, VERMILION, "--"),
    }
    for name, (at, color, style) in lines.items():
        if math.isfinite(at) and at > 0:
            axes.axvline(at, color=color, linestyle=style, lw=1.2, label=f"{name}: {at:.1f} radii")
    log_scale(axes, "x")
    axes.set(ylim=(0, 1), xlim=(1, max(share.size / radius_px, 2)))
    axes.set_xlabel("distance, crater radii", fontsize=8)
    axes.set_ylabel("share of the circle that is ejecta", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3, which="both")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=7, loc="upper right")


def _rose(axes: PolarAxes, measured: Measured) -> None:
    """Draw the area of blanket and rays by azimuth."""
    polar = measured.polar
    per_bin = polar.cols // BINS
    area_km2 = polar.is_ejecta * (polar.cell_m2 / 1e6)[:, None]
    first = polar.first_row(measured.blanket_px * measured.sums.resolution_m)
    # Corners along the arcs, which two shapes draw in a fraction of the time of a bar for each bin.
    turn = np.radians(np.arange(BINS * ARC_POINTS + 1) * (360 / BINS / ARC_POINTS))
    turn = np.concatenate(
        [turn[at : at + ARC_POINTS + 1] for at in range(0, turn.size - 1, ARC_POINTS)]
    )
    bottom = np.zeros(turn.size)
    for part, color, name in (
        (area_km2[:first], ORANGE, "blanket"),
        (area_km2[first:], BLUE, "rays"),
    ):
        height = part.sum(axis=0).reshape(BINS, per_bin).sum(axis=1)
        top = bottom + np.repeat(height, ARC_POINTS + 1)
        axes.fill_between(turn, bottom, top, color=color, linewidth=0, label=name)
        bottom = top
    axes.set_ylim(0, None)
    axes.set_title(f"area in km$^2$ for each {360 // BINS} degrees", fontsize=8)
    axes.legend(fontsize=6, loc="lower left", bbox_to_anchor=(-0.15, -0.15))


def _ray_ends(axes: PolarAxes, around: Surroundings, measured: Measured) -> None:
    """Draw each ray from begin to end, its width as area over length."""
    radius_m = around.crater.radius_m
    for ray in measured.rays:
        turn = math.radians(ray.azimuth_deg)
        axes.plot([turn, turn], [ray.start_m / radius_m, ray.end_m / radius_m], color=BLUE, lw=1)
        axes.plot([turn], [ray.end_m / radius_m], marker="o", ms=3, color=PURPLE)
    axes.set_ylim(0, None)
    axes.set_title(f"{len(measured.rays)} rays, distance in crater radii", fontsize=8)
