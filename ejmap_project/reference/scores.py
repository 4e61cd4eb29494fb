"""How well a mask finds what was drawn: recall of rays and blankets, false area, reach, chance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_project.reference.drawing import ClearBox, Drawing, Ray
from ejmap_project.reference.masks import MaskFunction
from ejmap_project.reference.sample_points import Cells, Strip, blanket_cells, box_cells, strip_of

# Ranges of a ray's pieces, degrees of arc: near, in between and far.
NEAR_DEG, FAR_DEG = 5.0, 15.0
TURNS = 24
# Classes of a ray's pieces; every piece is in ALL, in one of distance and in one of confidence.
ALL = "all"
DISTANCES = ("near", "middle", "far")
CONFIDENCES = ("confidence_1", "confidence_2", "confidence_3")
CLASSES = (ALL, *DISTANCES, *CONFIDENCES)


class Length(NamedTuple):
    """How much of rays was drawn and found, in degrees of arc."""

    drawn_deg: float
    found_deg: float

    @property
    def recall(self) -> float:
        """Share that was found; NaN where nothing was drawn."""
        return self.found_deg / self.drawn_deg if self.drawn_deg else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingScore:
    """Scores of a mask against one drawing; NaN where the drawing holds nothing to score by.

    Attributes:
        blanket: Blanket recall, 0 to 1.
        false_area: Share of the clear boxes that is masked, 0 to 1.
        chance: Mean ray recall of the same rays turned about the crater, 0 to 1.
        reach_deg: Range of the farthest found piece of a ray; 0 where none is found.
        drawn_reach_deg: Range of the farthest drawn piece of a ray.
        lengths: Drawn and found length of rays by class: :data:`CLASSES`.
    """

    blanket: float
    false_area: float
    chance: float
    reach_deg: float
    drawn_reach_deg: float
    lengths: Mapping[str, Length]

    @property
    def ray(self) -> float:
        """Ray recall: found length over drawn length, 0 to 1."""
        return self.lengths[ALL].recall


class _Pieces(NamedTuple):
    """All pieces of the rays of a drawing, ``(piece,)`` each."""

    found: NDArray[np.bool_]
    length_deg: NDArray[np.float64]
    middle_deg: NDArray[np.float64]
    confidence: NDArray[np.int_]

    def length(self, chosen: NDArray[np.bool_]) -> Length:
        lengths = self.length_deg[chosen]
        return Length(float(lengths.sum()), float(lengths[self.found[chosen]].sum()))


def score_mask(drawing: Drawing, mask: MaskFunction, *, rim_rad: float) -> DrawingScore:
    """Score a mask against a drawing.

    *Ray recall*: a ray is a strip of its half width, at least .18 degrees, about a great-circle
    arc, cut into equal pieces of at most .1 degrees. A piece is found if the mask is set at any of
    the points across its middle. The recall is the found length over the drawn length. A piece's
    distance is the range of its middle: ``near`` below 5 degrees, ``middle`` below 15, else
    ``far``. *Reach* is the largest range of a found piece's middle.

    *Chance* is the mean ray recall of the same rays turned about the crater by 15, 30, ..., 345
    degrees.

    *Blanket recall*: the share, by area on the sphere, of the drawn blanket outside of the rim that
    the mask covers; edges are linear in azimuth between drawn rows.

    *False area*: the share of the area of all clear boxes that is masked.

    Args:
        drawing: What was drawn.
        mask: What was found.
        rim_rad: Rim radius of the crater.
    """
    strips = [strip_of(ray) for ray in drawing.rays]
    pieces = _pieces(drawing.rays, strips, mask)
    cells = None if drawing.blanket is None else blanket_cells(drawing.blanket, rim_rad=rim_rad)
    every = np.ones(pieces.found.shape, np.bool_)
    distance = np.digitize(pieces.middle_deg, (NEAR_DEG, FAR_DEG))
    lengths = {ALL: pieces.length(every)}
    for place, name in enumerate(DISTANCES):
        lengths[name] = pieces.length(distance == place)
    for confidence, name in enumerate(CONFIDENCES, start=1):
        lengths[name] = pieces.length(pieces.confidence == confidence)
    return DrawingScore(
        blanket=math.nan if cells is None else _covered([cells], mask),
        false_area=false_area(drawing.clear, mask),
        chance=_chance(strips, mask),
        reach_deg=float(pieces.middle_deg[pieces.found].max(initial=0.0)),
        drawn_reach_deg=float(pieces.middle_deg.max(initial=0.0)),
        lengths=lengths,
    )


def false_area(boxes: Sequence[ClearBox], mask: MaskFunction) -> float:
    """Return the share of the area of boxes that is masked; NaN without boxes.

    Boxes that overlap count each.
    """
    return _covered([box_cells(box) for box in boxes], mask)


def _pieces(rays: Sequence[Ray], strips: Sequence[Strip], mask: MaskFunction) -> _Pieces:
    counts = [strip.middle_deg.size for strip in strips]
    return _Pieces(
        found=np.concatenate([np.empty(0, np.bool_), *(_found(one, mask, 0.0) for one in strips)]),
        length_deg=np.repeat([strip.piece_deg for strip in strips], counts),
        middle_deg=np.concatenate([np.empty(0), *(strip.middle_deg for strip in strips)]),
        confidence=np.repeat(np.array([ray.confidence for ray in rays], np.int_), counts),
    )


def _found(strip: Strip, mask: MaskFunction, turn_rad: float) -> NDArray[np.bool_]:
    return np.asarray(mask(strip.range_rad, strip.azimuth_rad + turn_rad).any(axis=0))


def _chance(strips: Sequence[Strip], mask: MaskFunction) -> float:
    drawn_deg = sum(strip.piece_deg * strip.middle_deg.size for strip in strips)
    if not drawn_deg:
        return math.nan
    found_deg = sum(
        strip.piece_deg * np.count_nonzero(_found(strip, mask, 2 * math.pi * turn / TURNS))
        for turn in range(1, TURNS)
        for strip in strips
    )
    return float(found_deg / drawn_deg / (TURNS - 1))


def _covered(parts: Sequence[Cells], mask: MaskFunction) -> float:
    area = sum(float(cells.area_sr.sum()) for cells in parts)
    if not area:
        return math.nan
    masked = sum(
        float(cells.area_sr[mask(cells.range_rad, cells.azimuth_rad)].sum()) for cells in parts
    )
    # Two sums of the same cells may differ in their last digit.
    return min(masked / area, 1.0)
