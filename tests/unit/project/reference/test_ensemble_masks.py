"""Ensembles are scored by what they map on the packaged mosaics."""

import math

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.errors import StepError
from ejmap_project.reference.agreement import drawer_agreement
from ejmap_project.reference.ensemble_masks import score_ensemble
from ejmap_project.reference.reference_set import DrawnCrater, reference_set
from ejmap_project.reference.scores import CLASSES
from tests.constant_models import constant_bundle
from tests.tiny_presets import EJCONN, POLAR


@pytest.fixture(scope="module")
def craters() -> list[DrawnCrater]:
    """Two craters of Mercury and one of the Moon."""
    wanted = {("Mercury", "Hokusai"), ("Mercury", "Kuiper"), ("Moon", "Tycho")}
    return [one for one in reference_set() if (one.crater.body.name, one.crater.name) in wanted]


@pytest.mark.parametrize("bands", [1, 3])
def test_a_model_that_sees_ejecta_everywhere_finds_all_and_is_wrong_everywhere(
    craters: list[DrawnCrater], bands: int
) -> None:
    """Recalls of 1, by chance too; models of three bands see grey in each."""
    bundle = constant_bundle(f"{POLAR}bands: {bands}\n", 0.9)

    scores = score_ensemble([bundle, bundle], craters)

    assert scores.craters["crater"].tolist() == ["Hokusai", "Kuiper", "Tycho"]
    assert scores.summary["body"].tolist() == ["Mercury", "Moon", "all"]
    for name in ("ray", "blanket", "chance"):
        np.testing.assert_allclose(scores.craters[name].dropna(), 1, atol=0.02)
    np.testing.assert_allclose(scores.craters["false_area"], 1, atol=0.02)


def test_members_are_averaged(craters: list[DrawnCrater]) -> None:
    """Of .9 and .05 the mean is below one half: nothing is mapped."""
    bundles = [constant_bundle(POLAR, one) for one in (0.9, 0.05)]

    overall = score_ensemble(bundles, craters).overall()

    assert (overall["ray"], overall["blanket"], overall["false_area"]) == (0, 0, 0)
    assert overall["craters"] == 3


def test_means_are_over_craters_and_lengths_over_rays(craters: list[DrawnCrater]) -> None:
    """A summary is what its rows say."""
    scores = drawer_agreement([one for one in craters if len(one.drawings) > 1])

    rows, overall = scores.craters, scores.overall()
    assert overall["ray"] == pytest.approx(np.mean(rows["ray"]))
    assert overall["ray_by_length"] == pytest.approx(
        rows["found_all_deg"].sum() / rows["drawn_all_deg"].sum()
    )
    for name in CLASSES:
        ratio = rows[f"found_{name}_deg"].sum() / max(rows[f"drawn_{name}_deg"].sum(), 1e-9)
        assert overall.get(f"ray_{name}", ratio) == pytest.approx(ratio)
    assert set(rows["drawer"]) == set(rows["mask_by"]) == {"a", "b"}


def test_models_of_tiles_cannot_be_scored(craters: list[DrawnCrater]) -> None:
    """They would need tile stores; the sentence says which models can."""
    with pytest.raises(StepError, match="ejconn_test does not look at polar views; only polar"):
        score_ensemble([constant_bundle(EJCONN.replace("resnet10t", "test_resnet"), 0.9)], craters)


def test_a_part_without_craters_is_told() -> None:
    """Instead of an empty table."""
    with pytest.raises(StepError, match="there is no drawn crater"):
        score_ensemble([constant_bundle(POLAR, 0.9)], [])


def test_another_mosaic_may_be_looked_at(craters: list[DrawnCrater]) -> None:
    """It is asked for by body; a mosaic without data holds no ejecta."""
    asked = []

    def empty(body: object) -> tuple[np.ndarray, BasemapGrid]:
        asked.append(body)
        planet = MERCURY if body == MERCURY else MOON
        return np.zeros((1, 64, 128), np.uint8), BasemapGrid(body=planet, width_px=128)

    overall = score_ensemble([constant_bundle(POLAR, 0.9)], craters, mosaic_of=empty).overall()

    assert asked == [MERCURY, MERCURY, MOON]
    assert overall["ray"] == 0
    assert math.isfinite(overall["false_area"])
