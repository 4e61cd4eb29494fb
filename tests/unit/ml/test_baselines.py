"""Rules are tuned over every setting, each scored as if it had been applied pixel by pixel."""

import numba
import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_ml.baselines import (
    BRIGHTNESS_BINS,
    DISTANCE_BINS,
    RULES,
    RuleHistogram,
    RuleSetting,
    _f1_of_all_settings,
    feature_names,
    rule_histogram,
    score_rule,
    tune_rules,
)
from ejmap_ml.errors import SampleError

BASEMAP = BasemapGrid(body=MERCURY, width_px=72)
SPHERE = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
CRATERS = [
    Crater(crater_id=1, name="across the antimeridian", center=LonLat(177, 11), radius_m=151_000),
    Crater(crater_id=2, name="at a pole", center=LonLat(33, -84), radius_m=263_000, reach_m=2.1e6),
    Crater(crater_id=3, name="whole planet", center=LonLat(-71, -2), radius_m=397_000),
]


def _distance_radii(crater: Crater) -> np.ndarray:
    lat, lon = np.mgrid[87.5:-90:-5, -177.5:180:5]
    origin = (np.full_like(lon, crater.center.lon_deg), np.full_like(lat, crater.center.lat_deg))
    return SPHERE.inv(*origin, lon, lat)[2] / crater.radius_m


@pytest.fixture(scope="module")
def raster() -> np.ndarray:
    """Return two noisy bands, brighter around the craters, with a gap."""
    rng = np.random.default_rng(0)
    bands = rng.integers(60, 120, (2, *BASEMAP.shape))
    for crater in CRATERS:
        bands += (70 / (1 + _distance_radii(crater))).astype(int)
    bands[:, 10:14, 20:60] = 0
    return bands.astype(np.uint8)


@pytest.fixture(scope="module")
def truth() -> dict[int, PlacedMask]:
    """Return ragged ejecta, a few of them inside the rim and far away."""
    rng = np.random.default_rng(1)
    masks = {}
    for crater in CRATERS:
        share = np.where(_distance_radii(crater) < 6, 0.7, 0.03)
        masks[crater.crater_id] = PlacedMask.from_full(rng.random(BASEMAP.shape) < share, BASEMAP)
    return masks


@pytest.fixture(scope="module")
def histogram(raster, truth) -> RuleHistogram:
    """Return the counts around all three craters."""
    return rule_histogram(raster, truth, basemap=BASEMAP, craters=CRATERS)


def _full(mask: PlacedMask) -> np.ndarray:
    full = np.zeros(BASEMAP.shape, np.bool_)
    mask.paste_into(full)
    return full


def _levels(raster: np.ndarray) -> list[np.ndarray]:
    """Return brightness of bands and mean in bins: 256 of them from -5 to +5 robust sigmas."""
    seen = raster.any(axis=0)
    sigmas = []
    for band in raster.astype(np.float64):
        median = np.median(band[seen])
        sigmas.append((band - median) / (1.4826 * np.median(np.abs(band[seen] - median))))
    sigmas.append(sum(sigmas) / len(sigmas))
    return [np.clip((one + 5) / 10 * 256, 0, 255) for one in sigmas]


class Pixels:
    """All pixels outside the rim of a crater, of one crater after the other."""

    def __init__(self, raster: np.ndarray, truth: dict[int, PlacedMask]) -> None:
        parts = []
        for crater in CRATERS:
            distance = _distance_radii(crater)
            is_near = raster.any(axis=0) & (distance < crater.reach(MERCURY) / crater.radius_m)
            actual = _full(truth[crater.crater_id])
            planes = np.stack([distance, is_near, actual, *_levels(raster)])
            parts.append(planes[:, distance >= 1])
        self.distance, is_near, actual, *self.levels = np.concatenate(parts, axis=1)
        self.is_near, self.actual = is_near.astype(bool), actual.astype(bool)

    def f1(self, setting: RuleSetting) -> float:
        """Apply a rule to every pixel and count."""
        found = self.is_near & (self.distance < setting.distance_bins / 4)
        found &= self.levels[setting.feature] >= setting.brightness_bin
        return 2 * np.sum(found & self.actual) / (found.sum() + self.actual.sum())


@pytest.fixture(scope="module")
def pixels(raster, truth) -> Pixels:
    """Return the pixels to which rules are applied by hand."""
    return Pixels(raster, truth)


@pytest.mark.parametrize("feature", [0, 1, 2])
def test_every_setting_scores_as_if_it_were_applied(pixels, histogram, feature) -> None:
    """Masks by hand against the histogram, over a lattice of all distances and thresholds."""
    lattice = [
        RuleSetting("", feature, near, bright)
        for near in (1, 4, 5, 9, 16, 24, 31, 60, 121, 319, DISTANCE_BINS)
        for bright in (*range(0, BRIGHTNESS_BINS, 15), 1)
    ]

    scores = _f1_of_all_settings(histogram)

    found = [scores[feature, one.distance_bins - 1, one.brightness_bin] for one in lattice]
    expected = [pixels.f1(one) for one in lattice]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert max(expected) > 0.5


def test_tuned_rules_are_the_best_of_their_kind(pixels, histogram) -> None:
    """Brightness anywhere, distance of any brightness, and both."""
    best = tune_rules(histogram)

    assert tuple(one.rule for one in best) == RULES
    brightness, distance, both = best
    assert brightness.distance_bins == DISTANCE_BINS
    assert distance.brightness_bin == 0
    scores = [pixels.f1(one) for one in best]
    rivals = (
        [brightness._replace(feature=f, brightness_bin=b) for f in range(3) for b in range(256)],
        [distance._replace(distance_bins=d + 1) for d in range(DISTANCE_BINS)],
        [both._replace(distance_bins=d + 1) for d in range(DISTANCE_BINS)]
        + [both._replace(feature=f, brightness_bin=b) for f in range(3) for b in range(256)],
    )
    for score, others in zip(scores, rivals, strict=True):
        assert score == pytest.approx(max(pixels.f1(one) for one in others))
    assert scores[2] == pytest.approx(_f1_of_all_settings(histogram).max())
    assert scores[2] > max(scores[:2])
    assert [score_rule(one, histogram) for one in best] == pytest.approx(scores)


def test_ejecta_that_no_rule_can_find_are_missed(raster, truth, histogram) -> None:
    """Beyond the reach or without data; pixels inside the rim are nobody's."""
    missed_px = 0
    for crater in CRATERS:
        distance = _distance_radii(crater)
        is_lost = distance >= crater.reach(MERCURY) / crater.radius_m
        is_lost |= ~raster.any(axis=0) & (distance >= 1)
        missed_px += np.sum(_full(truth[crater.crater_id]) & is_lost)

    assert missed_px > 20
    assert histogram.missed_px == missed_px


def test_missed_pixels_lower_the_score() -> None:
    """Three hits, one false alarm, two missed: F1 = 2 x 3 / (4 + 5)."""
    counts = np.zeros((1, 2, DISTANCE_BINS, BRIGHTNESS_BINS), np.int64)
    counts[0, 1, 8, 200], counts[0, 0, 8, 200] = 3, 1
    histogram = RuleHistogram(counts=counts, missed_px=2)

    score = score_rule(RuleSetting(RULES[2], 0, 9, 200), histogram)

    assert score == pytest.approx(6 / 9)
    assert score_rule(RuleSetting(RULES[2], 0, 8, 200), histogram) == 0
    assert score_rule(RuleSetting(RULES[2], 0, 9, 201), histogram) == 0


def test_craters_add_up(raster, truth, histogram) -> None:
    """Counting craters one by one is counting them together."""
    one, two, three = (
        rule_histogram(raster, truth, basemap=BASEMAP, craters=[crater]) for crater in CRATERS
    )

    total = one + two + three

    np.testing.assert_array_equal(total.counts, histogram.counts)
    assert total.missed_px == histogram.missed_px


def test_the_number_of_threads_does_not_matter(raster, truth, histogram) -> None:
    """Threads count for themselves and are added up."""
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        alone = rule_histogram(raster, truth, basemap=BASEMAP, craters=CRATERS)
    finally:
        numba.set_num_threads(threads)

    np.testing.assert_array_equal(alone.counts, histogram.counts)
    assert alone.missed_px == histogram.missed_px


def test_a_crater_without_ejecta_counts_as_background(raster) -> None:
    """All pixels from the rim to the reach that have data, once a feature."""
    crater = CRATERS[1]

    found = rule_histogram(raster, {2: PlacedMask.empty()}, basemap=BASEMAP, craters=[crater])

    distance = _distance_radii(crater)
    is_counted = raster.any(axis=0) & (distance >= 1) & (distance < 2.1e6 / crater.radius_m)
    assert found.counts.sum(axis=(2, 3)).tolist() == [[is_counted.sum(), 0]] * 3
    assert found.missed_px == 0


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        pytest.param(RuleSetting("", 1, 320, 160), "band 2 > +1.25 sigma", id="brightness"),
        pytest.param(RuleSetting("", 0, 22, 0), "distance < 5.50 radii", id="distance"),
        pytest.param(
            RuleSetting("", 2, 4, 64), "mean of bands > -2.50 sigma and distance < 1.00 radii",
            id="both",
        ),
        pytest.param(RuleSetting("", 0, 320, 0), "everything within reach", id="neither"),
    ],
)  # fmt: skip
def test_settings_are_told_in_words(setting, words) -> None:
    """Sigma = (bin / 256 x 2 - 1) x 5; four distance bins are a radius."""
    assert setting.describe(feature_names(2)) == words


def test_a_grey_mosaic_has_one_measure_of_brightness(raster, truth) -> None:
    """The mean of one band would be the band again."""
    found = rule_histogram(raster[:1], truth, basemap=BASEMAP, craters=CRATERS)

    assert feature_names(1) == ("band 1",)
    assert len(found.counts) == 1
    assert found.counts.sum() > 0


def test_a_flat_mosaic_is_in_the_middle_bin() -> None:
    """No spread, no brightness: sigma 0 is bin 128 of 256."""
    flat = np.full((1, *BASEMAP.shape), 9, np.uint8)

    found = rule_histogram(flat, {1: PlacedMask.empty()}, basemap=BASEMAP, craters=CRATERS[:1])

    assert np.flatnonzero(found.counts.sum(axis=(0, 1, 2))).tolist() == [128]


def test_rasters_of_another_size_are_refused(raster, truth) -> None:
    """Compiled loops would read past their end."""
    with pytest.raises(SampleError, match=r"basemap of \(36, 72\) px, got \(2, 36, 70\)"):
        rule_histogram(raster[:, :, 2:], truth, basemap=BASEMAP, craters=CRATERS)


def test_a_mosaic_without_data_is_refused(truth) -> None:
    """There is no brightness to threshold."""
    with pytest.raises(SampleError, match="no data"):
        rule_histogram(
            np.zeros((2, *BASEMAP.shape), np.uint8), truth, basemap=BASEMAP, craters=CRATERS
        )


def test_distances_are_those_of_the_sphere(raster) -> None:
    """A ring of ejecta 4.75 to 5 radii away fills one distance bin."""
    crater = CRATERS[2]
    distance = _distance_radii(crater)
    ring = (distance >= 4.75) & (distance < 5)

    found = rule_histogram(
        np.maximum(raster, 1),
        {3: PlacedMask.from_full(ring, BASEMAP)},
        basemap=BASEMAP,
        craters=[crater],
    )

    assert found.counts[0, 1].sum(axis=1)[19] == ring.sum() > 10
    assert found.counts[0, 1].sum() == ring.sum()
