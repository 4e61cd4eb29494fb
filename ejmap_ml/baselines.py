"""Rules a person would try first, tuned fairly: brightness, distance, and both together.

Every rule is a threshold on brightness, on distance, or on each. One joint histogram of the pixels
around all craters therefore scores every setting of every rule at once, exactly up to its bins.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.craters import Crater
from ejmap_geo.grid import BasemapGrid
from ejmap_geo.masks import PlacedMask
from ejmap_geo.sphere import bearing

MAD_TO_SIGMA = 1.4826
DISTANCE_BINS_PER_RADIUS = 4
MAX_DISTANCE_RADII = 80
BRIGHTNESS_BINS = 256
BRIGHTNESS_SIGMA = 5.0

RULES = ("brightness threshold", "distance only", "brightness within k radii")


class RuleSetting(NamedTuple):
    """A tuned rule: ejecta is what is brighter than a threshold and nearer than a range."""

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
        if self.distance_bins < DISTANCE_BINS_PER_RADIUS * MAX_DISTANCE_RADII:
            parts.append(f"distance < {self.distance_bins / DISTANCE_BINS_PER_RADIUS:.2f} radii")
        return " and ".join(parts) or "everything within reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHistogram:
    """Basemap pixels around many craters, counted by truth, distance and brightness.

    Attributes:
        counts: ``(feature, 2, distance bin, brightness bin)``; index 1 of the second axis is ejecta.
            Pixels with ejecta beyond the crater's reach are counted in :attr:`missed_px`.
        missed_px: Ejecta pixels that no rule can find.
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
    raster: NDArray[np.uint8], truth: PlacedMask, *, basemap: BasemapGrid, crater: Crater
) -> RuleHistogram:
    """Count the pixels within a crater's reach and outside its rim.

    Args:
        raster: ``(band, rows, cols)`` mosaic, 0 in all bands where there are no data.
        truth: Where the crater's ejecta are.
        basemap: Grid of ``raster``.
        crater: The crater.
    """
    features = _brightness_features(raster)
    distance_bins = DISTANCE_BINS_PER_RADIUS * MAX_DISTANCE_RADII
    counts = np.zeros((len(features), 2, distance_bins, BRIGHTNESS_BINS), np.int64)
    full = np.zeros(basemap.shape, np.bool_)
    truth.paste_into(full)
    lon0, lat0 = np.radians(crater.center)
    reach_radii = min(crater.reach(basemap.body) / crater.radius_m, MAX_DISTANCE_RADII)
    unit_rad = crater.radius_m / basemap.body.radius_m
    missed_px = _count_pixels(features, full, counts, lon0, lat0, unit_rad, reach_radii)
    return RuleHistogram(counts=counts, missed_px=missed_px)


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


def _brightness_features(raster: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return each band in robust sigmas of the planet, then their mean; NaN without data."""
    has_data = raster.any(axis=0)
    bands = raster.astype(np.float32)
    median = np.median(bands[:, has_data], axis=1)[:, None, None]
    spread = np.median(np.abs(bands[:, has_data] - median[:, 0]), axis=1)[:, None, None]
    sigmas = (bands - median) / np.maximum(spread * MAD_TO_SIGMA, 1)
    sigmas[:, ~has_data] = np.nan
    if len(raster) == 1:
        return sigmas
    return np.concatenate([sigmas, sigmas.mean(axis=0, keepdims=True)])


@njit(cache=True)
def _count_pixels(features, truth, counts, lon0, lat0, unit_rad, reach_radii):  # noqa: ANN001, ANN202
    rows, cols = truth.shape
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    cell = 2 * math.pi / cols
    missed_px = 0
    for i in range(rows):
        lat = math.pi / 2 - (i + 0.5) * cell
        beyond = abs(lat - lat0) > reach_radii * unit_rad
        for j in range(cols):
            if beyond and not truth[i, j]:
                continue
            range_rad, _ = bearing(sin0, cos0, lon0, (j + 0.5) * cell - math.pi, lat)
            distance = range_rad / unit_rad
            if distance < 1.0:
                continue
            if distance >= reach_radii or math.isnan(features[0, i, j]):
                missed_px += int(truth[i, j])
                continue
            near = int(distance * DISTANCE_BINS_PER_RADIUS)
            for f in range(features.shape[0]):
                level = (features[f, i, j] / BRIGHTNESS_SIGMA + 1) / 2 * BRIGHTNESS_BINS
                bright = min(max(int(level), 0), BRIGHTNESS_BINS - 1)
                counts[f, int(truth[i, j]), near, bright] += 1
    return missed_px
