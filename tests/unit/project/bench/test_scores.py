"""Scores of masks on planets with known ejecta."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score

from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.calibration.band_reliability import BandReliability
from ejmap_project.bench.scores import BAND_EDGES_RADII, BANDS, calibration_error, planet_scores


def test_the_truth_scores_one(grey: Planet) -> None:
    """In every band that has ejecta, and every pixel carries its crater."""
    scores = planet_scores(grey.truth, grey)

    assert {value for value in scores.values() if not math.isnan(value)} == {1.0}


def test_no_mask_scores_nothing(grey: Planet) -> None:
    """Precision and origin are unknown, F1 is 0."""
    scores = planet_scores({}, grey)

    assert (scores["pixel_f1"], scores["recall"]) == (0, 0)
    assert math.isnan(scores["origin"])


def test_scores_equal_those_of_scikit_learn_by_distance(grey: Planet) -> None:
    """Pooled over craters, outside of the rims, by great-circle distance in radii."""
    rng = np.random.default_rng(1)
    whole = Window.whole(grey.basemap.shape)
    said, true, radii, masks = [], [], [], {}
    for crater in grey.craters:
        mask = rng.random(grey.basemap.shape) > 0.7
        masks[crater.crater_id] = PlacedMask.from_full(mask, grey.basemap)
        distance = basemap_distance_m(grey.basemap, whole, origin=crater.center)
        truth = np.zeros(grey.basemap.shape, np.bool_)
        grey.truth[crater.crater_id].paste_into(truth)
        radii.append(distance.ravel() / crater.radius_m)
        said.append(mask.ravel() & (radii[-1] > 1))
        true.append(truth.ravel())
    said, true, radii = (np.concatenate(one) for one in (said, true, radii))

    scores = planet_scores(masks, grey)

    assert scores["pixel_f1"] == pytest.approx(f1_score(true, said))
    for name, far in zip(BANDS, BAND_EDGES_RADII[1:], strict=True):
        near = BAND_EDGES_RADII[BAND_EDGES_RADII.index(far) - 1] if name != BANDS[0] else 0
        here = (radii >= near) & (radii < far)
        assert scores[f"f1_{name}"] == pytest.approx(f1_score(true[here], said[here]))


def test_bands_without_cells_do_not_count_for_the_calibration_error() -> None:
    """By hand: (1 * .1 + 3 * .2) / 4."""
    bands = [
        BandReliability(
            near_radii=near,
            far_radii=near + 1,
            slope=None,
            calibration_error=error,
            cells=cells,
            bins=(),
        )
        for near, error, cells in ((1, 0.1, 1), (2, None, 0), (3, 0.2, 3))
    ]

    assert calibration_error(bands) == pytest.approx(0.175)
    assert math.isnan(calibration_error(bands[1:2]))
