"""Rules a person would try first, tuned fairly: brightness, distance, and both together.

Every rule is a threshold on brightness, on distance, or on each. One joint histogram of the pixels
around all craters therefore scores every setting of every rule at once, exactly up to its bins.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.reproject import covering_window
from ejmap_ml.errors import SampleError

MAD_TO_SIGMA = 1.4826
GREY_LEVELS = 256
DISTANCE_BINS_PER_RADIUS = 4
MAX_DISTANCE_RADII = 80
DISTANCE_BINS = DISTANCE_BINS_PER_RADIUS * MAX_DISTANCE_RADII
# Bins of brightness are kept as bytes; they reach from -5 to +5 robust sigmas.
BRIGHTNESS_BINS = 256
BRIGHTNESS_SIGMA = 5.0

RULES = ("brightness threshold", "distance only", "brightness within k radii")


class RuleSetting(NamedTuple):
    """A tuned rule: ejecta is what is brighter than a threshold and nearer than a range.

    Attributes:
        rule: One of :data:`RULES`.
        feature: Index of the brightness measure in :func:`feature_names`.
        distance_bins: Number of distance bins, from the crater outwards, that are ejecta.
        brightness_bin: Lowest brightness bin that is ejecta.
    """

    rule: str
    feature: int
    distance_bins: int
    brightness_bin: int

    def describe(self, features: tuple[str, ...]) -> str:
        """Return the setting in words, in robust sigmas and crater radii."""
        parts: list[str] = []
        if self.brightness_bin > 0:
            sigma = (self.brightness_bin / BRIGHTNESS_BINS * 2 - 1) * BRIGHTNESS_SIGMA
            parts.append(f"{features[self.feature]} > {sigma:+.2f} sigma")
        if self.distance_bins < DISTANCE_BINS:
            parts.append(f"distance < {self.distance_bins / DISTANCE_BINS_PER_RADIUS:.2f} radii")
        return " and ".join(parts) or "everything within reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHistogram:
    """Basemap pixels around many craters, counted by truth, distance and brightness.

    Attributes:
        counts: ``(feature, 2, distance bin, brightness bin)``; index 1 of the second axis is
            ejecta. A pixel counts once for every crater whose reach it lies in.
        missed_px: Ejecta pixels that no rule can find: beyond the reach, or without data.
    """

    counts: NDArray[np.int64]
    missed_px: int

    def __add__(self, other: "RuleHistogram") -> "RuleHistogram":
        """Return the counts of both sets of craters together."""
        return RuleHistogram(
            counts=self.counts + other.counts, missed_px=self.missed_px + other.missed_px
        )


def feature_names(band_count: int) -> tuple[str, ...]:
    """Return the brightness measures a rule may use: each band and, of several, their mean."""
    bands = tuple(f"band {band + 1}" for band in range(band_count))
    return (*bands, "mean of bands") if band_count > 1 else bands


def rule_histogram(
    raster: NDArray[np.uint8],
    truth: Mapping[int, PlacedMask],
    *,
    basemap: BasemapGrid,
    craters: Iterable[Crater],
) -> RuleHistogram:
    """Count the pixels within reach of the craters of one planet and outside their rims.

    Args:
        raster: ``(band, rows, cols)`` mosaic, 0 in all bands where there are no data.
        truth: Where the ejecta of each crater are, by crater id.
        basemap: Grid of ``raster``.
        craters: The craters, each with its mask in ``truth``.

    Raises:
        SampleError: If ``raster`` does not lie on ``basemap`` or has no data at all.
    """
    levels, has_data = brightness_levels(raster, basemap)
    # Threads count for themselves: one histogram would be written by all of them at once.
    shape = (numba.get_num_threads(), len(levels), 2, DISTANCE_BINS, BRIGHTNESS_BINS)
    counts = np.zeros(shape, np.int64)
    missed_px = 0
    for crater in craters:
        ejecta = truth[crater.crater_id]
        window, edges = _reach_of(crater, basemap)
        lon_deg, lat_deg = crater.center
        place = (window.row, window.col, math.radians(lon_deg), math.radians(lat_deg))
        within = ejecta.within(window, basemap)
        settled_px = _count_pixels(levels, has_data, within, counts, place, edges)
        missed_px += ejecta.area_px - settled_px
    return RuleHistogram(counts=counts.sum(axis=0), missed_px=missed_px)


def tune_rules(histogram: RuleHistogram) -> list[RuleSetting]:
    """Return the best setting of each rule, by F1 over all counted pixels pooled."""
    f1 = _f1_of_all_settings(histogram)
    everywhere = f1.shape[1] - 1
    allowed = (f1[:, everywhere:, :], f1[:, :, :1], f1)
    best: list[RuleSetting] = []
    for rule, scores in zip(RULES, allowed, strict=True):
        feature, distance, brightness = np.unravel_index(int(scores.argmax()), scores.shape)
        reach = everywhere if rule == RULES[0] else int(distance)
        best.append(RuleSetting(rule, int(feature), reach + 1, int(brightness)))
    return best


def score_rule(setting: RuleSetting, histogram: RuleHistogram) -> float:
    """Return the pooled pixel F1 of a tuned rule on other craters."""
    f1 = _f1_of_all_settings(histogram)
    return float(f1[setting.feature, setting.distance_bins - 1, setting.brightness_bin])


def _f1_of_all_settings(histogram: RuleHistogram) -> NDArray[np.float64]:
    """Return F1 by ``(feature, last distance bin, first brightness bin)``."""
    nearer = histogram.counts.cumsum(axis=2)
    chosen = nearer[..., ::-1].cumsum(axis=3)[..., ::-1]
    truth_px = histogram.counts[0, 1].sum() + histogram.missed_px
    hits = chosen[:, 1]
    found_and_true = hits + chosen[:, 0] + truth_px
    return 2 * hits / np.maximum(found_and_true, 1)


def brightness_levels(
    raster: NDArray[np.uint8], basemap: BasemapGrid
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the brightness bin of every pixel by each measure, and where there are data.

    Brightness is in robust sigmas of the planet: ``(feature, rows, cols)`` of
    :func:`feature_names`, meaningless where there are no data, and ``(rows, cols)``.
    """
    if raster.shape[1:] != basemap.shape:
        raise SampleError(f"raster must be on a basemap of {basemap.shape} px, got {raster.shape}")
    has_data = np.any(raster, axis=0)
    if not has_data.any():
        raise SampleError("mosaic has no data; a rule needs pixels with brightness")
    sigmas = [_sigma_of_grey(np.bincount(b[has_data], minlength=GREY_LEVELS)) for b in raster]
    levels = [_binned(of_grey)[band] for of_grey, band in zip(sigmas, raster, strict=True)]
    if len(raster) > 1:
        total = np.zeros(basemap.shape, np.float32)
        for of_grey, band in zip(sigmas, raster, strict=True):
            total += of_grey[band]
        levels.append(_binned(total / np.float32(len(raster))))
    return np.stack(levels), has_data


def _sigma_of_grey(count_px: NDArray[np.int_]) -> NDArray[np.float32]:
    """Return what each grey level is in robust sigmas, given how many pixels have it."""
    grey = np.arange(GREY_LEVELS, dtype=np.float32)
    median = _weighted_median(grey, count_px)
    spread = _weighted_median(np.abs(grey - median), count_px)
    return (grey - median) / np.maximum(spread * np.float32(MAD_TO_SIGMA), np.float32(1))


def _weighted_median(values: NDArray[np.float32], count: NDArray[np.int_]) -> np.float32:
    """Return the median of ``values`` repeated ``count`` times each; of an even number, halfway."""
    order = np.argsort(values)
    up_to = count[order].cumsum()
    middle = np.searchsorted(up_to, [(up_to[-1] - 1) // 2, up_to[-1] // 2], side="right")
    return np.float32(values[order][middle].mean())


def _binned(sigma: NDArray[np.float32]) -> NDArray[np.uint8]:
    level = (sigma.astype(np.float64) / BRIGHTNESS_SIGMA + 1) / 2 * BRIGHTNESS_BINS
    return np.clip(level, 0, BRIGHTNESS_BINS - 1).astype(np.uint8)


def _reach_of(crater: Crater, basemap: BasemapGrid) -> tuple[Window, NDArray[np.float64]]:
    """Return the window that holds a crater's reach, and the edges of the distance bins.

    An edge is the square of half the chord it spans, as :func:`_count_pixels` measures distance.
    Edges beyond the reach are drawn in to it.
    """
    body = basemap.body
    reach_m = min(crater.reach(body), MAX_DISTANCE_RADII * crater.radius_m)
    azimuthal = AzimuthalGrid.reaching(
        body, center=crater.center, resolution_m=basemap.resolution_m, reach_m=reach_m
    )
    edges_m = np.arange(DISTANCE_BINS + 1) / DISTANCE_BINS_PER_RADIUS * crater.radius_m
    edges = np.sin(np.minimum(edges_m, reach_m) / body.radius_m / 2) ** 2
    return covering_window(azimuthal, basemap, reach_m=reach_m), edges


@njit(parallel=True, cache=True)
def _count_pixels(
    levels: NDArray[np.uint8],
    has_data: NDArray[np.bool_],
    truth: NDArray[np.bool_],
    counts: NDArray[np.int64],
    place: tuple[int, int, float, float],
    edges: NDArray[np.float64],
) -> int:
    """Add the pixels of a window to the counts; return the ejecta pixels found or inside the rim.

    ``place`` is first row and column of the window, and longitude and latitude of the crater in
    radians. ``counts`` has one histogram for each thread; a thread takes every so many-th row.
    """
    row0, col0, lon0, lat0 = place
    parts = counts.shape[0]
    cols = has_data.shape[1]
    cell = 2 * math.pi / cols
    across = np.sin(((col0 + np.arange(truth.shape[1]) + 0.5) * cell - math.pi - lon0) / 2) ** 2
    settled_px = 0
    for part in prange(parts):
        for i in range(part, truth.shape[0], parts):
            lat = math.pi / 2 - (row0 + i + 0.5) * cell
            along = math.sin((lat - lat0) / 2) ** 2
            narrowing = math.cos(lat0) * math.cos(lat)
            near = 0
            for j in range(truth.shape[1]):
                chord = along + narrowing * across[j]
                if chord >= edges[-1]:
                    continue
                # The bin is next to that of the pixel before, so no arc is ever computed.
                while chord >= edges[near + 1]:
                    near += 1
                while chord < edges[near]:
                    near -= 1
                is_ejecta = int(truth[i, j])
                if near < DISTANCE_BINS_PER_RADIUS:
                    settled_px += is_ejecta
                    continue
                col = (col0 + j) % cols
                if not has_data[row0 + i, col]:
                    continue
                settled_px += is_ejecta
                for f in range(levels.shape[0]):
                    counts[part, f, is_ejecta, near, levels[f, row0 + i, col]] += 1
    return settled_px
