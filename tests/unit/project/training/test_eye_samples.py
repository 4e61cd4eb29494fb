"""Craters drawn by eye as samples: what was drawn counts, what is near it does not."""

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL
from ejmap_project.reference.drawing import Blanket, ClearBox, Drawing, Ray
from ejmap_project.reference.reference_crater import ReferenceCrater
from ejmap_project.reference.reference_set import DrawnCrater, reference_set
from ejmap_project.training.eye_samples import BLANK_WEIGHT, DrawnView, EyeSamples, Mixture

CONFIG = PolarViewConfig(rows=64, cols=192, scaling="ring")


@pytest.fixture(scope="module")
def crater() -> DrawnCrater:
    """Kuiper, of the part that may train."""
    return next(one for one in reference_set(part="train") if one.crater.name == "Kuiper")


def _view(crater: ReferenceCrater, drawing: Drawing, factor: float = 1.0) -> DrawnView:
    return DrawnView(crater=crater, drawing=drawing, config=CONFIG, radius_factor=factor)


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_drawing_keeps_its_place_when_the_rim_is_taken_otherwise(crater, factor) -> None:
    """Cells of a ray, of a box, of a blanket, and beside the ray, found by range and azimuth."""
    drawing = Drawing(
        body=MERCURY.name,
        crater="Kuiper",
        drawer="test",
        rays=(Ray(azimuth_deg=(90, 90), range_deg=(8, 20), half_width_deg=0.5, confidence=3),),
        blanket=Blanket(
            azimuth_deg=np.array([0.0, 120.0, 240.0]),
            inner_deg=np.full(3, 0.8),
            outer_deg=np.full(3, 3.0),
        ),
        clear=(ClearBox(azimuth_deg=(350, 370), range_deg=(10, 15)),),
    )
    view = _view(crater.crater, drawing, factor)
    target, weight = view.target_and_weight

    def cell(azimuth_deg: float, range_deg: float) -> tuple[float, float]:
        row = int(np.argmin(np.abs(np.degrees(view.polar.range_rad) - range_deg)))
        col = int(azimuth_deg / 360 * CONFIG.cols)
        return float(target[row, col]), float(weight[row, col])

    assert cell(90, 12) == (1, 1)
    assert cell(200, 2) == (1, 1)
    assert cell(0.5, 12) == cell(359.5, 12) == (0, 1)
    assert cell(95, 12) == (0, 0)
    assert cell(250, 12) == (0, pytest.approx(BLANK_WEIGHT))


def test_samples_are_finite_repeat_and_leave_the_cavity_out(crater) -> None:
    """Of three bands; the cells inside the rim are never ejecta."""
    samples = EyeSamples([crater], count=8, config=CONFIG, seed=1, bands=3)

    together, alone = samples.batch([2, 5]), samples.batch([5])

    assert together.inputs[0].shape == (2, 10, 64, 192)
    assert together.inputs[0].isfinite().all()
    assert together.inputs[0][1].equal(alone.inputs[0][0])
    assert together.weight is not None
    assert not together.weight[:, 0][together.inputs[0][:, VALID_CHANNEL] == 0].any()
    assert not together.target[:, 0, 0].any()
    assert together.target.any()


def test_a_mixture_takes_every_third_sample_from_the_other_set(crater) -> None:
    """In the order that was asked for."""
    usual, rare = (EyeSamples([crater], count=8, config=CONFIG, seed=seed) for seed in (1, 2))

    batch = Mixture(usual, rare, every=3).batch([4, 3, 6])

    for number, (of, position) in enumerate(((usual, 4), (rare, 3), (rare, 6))):
        assert batch.inputs[0][number].equal(of.batch([position]).inputs[0][0])
        assert batch.target[number].equal(of.batch([position]).target[0])
