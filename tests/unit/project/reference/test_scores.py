"""Scores of masks against drawings, by hand arithmetic and closed forms."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from ejmap_project.reference.drawing import Blanket, ClearBox, Drawing, Ray
from ejmap_project.reference.masks import MaskFunction, mask_of_drawing
from ejmap_project.reference.scores import score_mask

RIM_RAD = math.radians(1)


def _ray(azimuth_deg: float, near_deg: float, far_deg: float, confidence: int = 3) -> Ray:
    return Ray(
        azimuth_deg=(azimuth_deg, azimuth_deg),
        range_deg=(near_deg, far_deg),
        half_width_deg=0.3,
        confidence=confidence,
    )


def _drawing(
    *rays: Ray, outer_deg: float | None = None, boxes: tuple[ClearBox, ...] = ()
) -> Drawing:
    blanket = None
    if outer_deg is not None:
        blanket = Blanket(
            azimuth_deg=np.array([0.0, 120, 240]),
            inner_deg=np.full(3, 1.0),
            outer_deg=np.full(3, outer_deg),
        )
    return Drawing(body="Moon", crater="A", drawer="me", rays=rays, blanket=blanket, clear=boxes)


def _within(range_deg: float) -> MaskFunction:
    return lambda range_rad, _: np.asarray(range_rad <= math.radians(range_deg))


def _nothing(range_rad: NDArray[np.float64], _: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.zeros(range_rad.shape, np.bool_)


def test_a_drawing_finds_itself() -> None:
    """Every ray wholly and to its end, and nothing in the box beside them."""
    rays = (_ray(1, 2, 30), _ray(103, 2, 4, 1), _ray(211, 6, 14, 2))
    box = ClearBox(azimuth_deg=(300, 340), range_deg=(2, 20))
    drawing = _drawing(*rays, boxes=(box,))

    score = score_mask(drawing, mask_of_drawing(drawing), rim_rad=RIM_RAD)

    assert score.ray == 1
    assert score.false_area == 0
    assert score.reach_deg == score.drawn_reach_deg == pytest.approx(30, abs=0.1)
    assert math.isnan(score.blanket)


def test_a_ray_turned_by_a_quarter_is_not_found() -> None:
    """And of 23 turns of the drawn ray one meets it: chance is 1/23."""
    drawn, elsewhere = _drawing(_ray(10, 3, 9)), _drawing(_ray(100, 3, 9))

    score = score_mask(drawn, mask_of_drawing(elsewhere), rim_rad=RIM_RAD)

    assert score.ray == 0
    assert score.reach_deg == 0
    assert score.chance == pytest.approx(1 / 23)


def test_length_is_counted_by_distance_and_confidence() -> None:
    """Two rays of 2 to 22 and 4 to 8 degrees, and a mask of everything within 7."""
    drawing = _drawing(_ray(0, 2, 22, 3), _ray(90, 4, 8, 1))

    lengths = score_mask(drawing, _within(7), rim_rad=RIM_RAD).lengths

    drawn = {name: one.drawn_deg for name, one in lengths.items()}
    found = {name: one.found_deg for name, one in lengths.items()}
    assert drawn == pytest.approx(
        {
            "all": 24,
            "near": 3 + 1,
            "middle": 10 + 3,
            "far": 7,
            "confidence_1": 4,
            "confidence_2": 0,
            "confidence_3": 20,
        },
        abs=0.1,
    )
    assert found == pytest.approx(
        {
            "all": 5 + 3,
            "near": 4,
            "middle": 2 + 2,
            "far": 0,
            "confidence_1": 3,
            "confidence_2": 0,
            "confidence_3": 5,
        },
        abs=0.11,
    )
    assert math.isnan(lengths["confidence_2"].recall)


def test_a_ray_is_found_by_anything_within_its_half_width_or_a_pixel() -> None:
    """A mask beside the axis by .17 degrees is within a pixel of a hair-thin ray, one by .5 not."""
    thin = Ray(azimuth_deg=(0, 0), range_deg=(80, 100), half_width_deg=0.01, confidence=3)

    # At a range near 90 degrees, azimuth is distance from the axis.
    def beside(offset_deg: float) -> MaskFunction:
        return lambda _, azimuth_rad: np.asarray(np.degrees(azimuth_rad) >= offset_deg)

    assert score_mask(_drawing(thin), beside(0.17), rim_rad=RIM_RAD).ray == 1
    assert score_mask(_drawing(thin), beside(0.5), rim_rad=RIM_RAD).ray == 0


@pytest.mark.parametrize("within_deg", [1.0, 3.0, 7.5, 40.0])
def test_blanket_recall_is_a_share_of_area_on_the_sphere(within_deg: float) -> None:
    """A cap of the mask covers (cos rim - cos within) / (cos rim - cos outer) of a zone."""
    drawing = _drawing(outer_deg=12)
    rim, within, outer = (math.cos(math.radians(one)) for one in (1, within_deg, 12))

    found = score_mask(drawing, _within(within_deg), rim_rad=RIM_RAD).blanket

    assert found == pytest.approx(min((rim - within) / (rim - outer), 1), abs=0.04)


def test_false_area_weighs_boxes_by_their_area() -> None:
    """Boxes of 30 and 60 degrees of azimuth, only the narrower masked: a third."""
    boxes = tuple(
        ClearBox(azimuth_deg=azimuths, range_deg=(5, 10)) for azimuths in ((0, 30), (90, 150))
    )

    score = score_mask(
        _drawing(boxes=boxes),
        lambda _, azimuth_rad: np.asarray(azimuth_rad < math.radians(45)),
        rim_rad=RIM_RAD,
    )

    assert score.false_area == pytest.approx(1 / 3)


def test_what_was_not_drawn_has_no_score() -> None:
    """NaN, which means over craters leave out; reach is 0."""
    score = score_mask(_drawing(), _nothing, rim_rad=RIM_RAD)

    assert all(map(math.isnan, (score.ray, score.blanket, score.false_area, score.chance)))
    assert score.reach_deg == score.drawn_reach_deg == 0


def test_an_empty_mask_finds_nothing() -> None:
    """All recalls are 0."""
    drawing = _drawing(_ray(0, 2, 9), outer_deg=4)

    score = score_mask(drawing, _nothing, rim_rad=RIM_RAD)

    assert (score.ray, score.blanket, score.chance, score.reach_deg) == (0, 0, 0, 0)
