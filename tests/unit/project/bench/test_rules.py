"""Rules map what their scores are of."""

import numpy as np
import pytest

from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.baselines import RULES, rule_histogram, score_rule, tune_rules
from ejmap_project.bench.rules import brightness_of, otsu_mask, otsu_threshold, rule_mask
from ejmap_project.bench.scores import planet_scores


@pytest.mark.parametrize("place", range(len(RULES)), ids=RULES)
def test_the_masks_of_a_rule_score_what_its_histogram_says(grey: Planet, place: int) -> None:
    """The histogram counts pixels between rim and 80 radii; so do the scores of masks."""
    counts = rule_histogram(grey.raster, grey.truth, basemap=grey.basemap, craters=grey.craters)
    setting = tune_rules(counts)[place]
    brightness = brightness_of(grey.raster, grey.basemap)

    masks = {one.crater_id: rule_mask(setting, brightness, one) for one in grey.craters}

    found = planet_scores(masks, grey)["pixel_f1"]
    assert found == pytest.approx(score_rule(setting, counts), abs=1e-3)


def test_otsu_has_the_largest_variance_between_classes() -> None:
    """Against the definition, level by level."""
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.normal(60, 9, 4000), rng.normal(150, 20, 900)]).astype(np.intp)

    def between(threshold: int) -> float:
        darker, brighter = values[values <= threshold], values[values > threshold]
        if not (darker.size and brighter.size):
            return 0.0
        return darker.size * brighter.size * (darker.mean() - brighter.mean()) ** 2

    assert otsu_threshold(np.bincount(values, minlength=256)) == max(range(256), key=between)


def test_one_level_has_no_brighter_class() -> None:
    """Nothing is above the last level."""
    assert otsu_threshold(np.array([0, 7, 0])) == 2


def test_otsu_maps_nothing_inside_the_rim(grey: Planet) -> None:
    """Where no ejecta can be."""
    brightness = brightness_of(grey.raster, grey.basemap)
    crater = grey.craters[0]

    mask = otsu_mask(brightness, crater)

    full = np.zeros(grey.basemap.shape, np.bool_)
    mask.paste_into(full)
    at = grey.basemap.position(crater.center)
    assert mask.area_px > 0
    assert not full[int(at.row), int(at.col)]
