"""Agreement of predicted and true masks: counts that add up, and the scores drawn from them."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask, crop

ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Pixels (or tiles) by what was predicted and what is true; add them to pool regions.

    A score whose denominator is 0 is NaN: nothing was there to be judged.

    Attributes:
        true_positive: Predicted and true.
        false_positive: Predicted but not true.
        false_negative: True but not predicted.
        true_negative: Neither.
    """

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    true_negative: int = 0

    def __add__(self, other: "Confusion") -> "Confusion":
        counts = asdict(self)
        return Confusion(**{name: counts[name] + getattr(other, name) for name in counts})

    @property
    def total(self) -> int:
        """Everything that was counted."""
        wrong = self.false_positive + self.false_negative
        return self.true_positive + wrong + self.true_negative

    @property
    def precision(self) -> float:
        """Share of the predicted that is true."""
        return _share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        """Share of the true that was predicted."""
        return _share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 when something is wrong and nothing right."""
        wrong = self.false_positive + self.false_negative
        return _share(2 * self.true_positive, 2 * self.true_positive + wrong)

    @property
    def iou(self) -> float:
        """Intersection over union."""
        wrong = self.false_positive + self.false_negative
        return _share(self.true_positive, self.true_positive + wrong)

    @property
    def accuracy(self) -> float:
        """Share of everything that was predicted as it is."""
        return _share(self.true_positive + self.true_negative, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginAgreement:
    """How well detected ejecta are traced to their crater; add them to pool maps.

    A pixel is *detected* when some crater truly threw ejecta there and some crater is predicted.
    Each predicted crater of a detected pixel is one *claim*.

    Attributes:
        detected_px: Detected pixels.
        right_px: Those where at least one claim names a true crater.
        claims: Claims on detected pixels.
        right_claims: Those that name a true crater.
    """

    detected_px: int = 0
    right_px: int = 0
    claims: int = 0
    right_claims: int = 0

    def __add__(self, other: "OriginAgreement") -> "OriginAgreement":
        counts = asdict(self)
        return OriginAgreement(**{name: counts[name] + getattr(other, name) for name in counts})

    @property
    def origin_accuracy(self) -> float:
        """Share of the detected pixels that carry a right crater."""
        return _share(self.right_px, self.detected_px)

    @property
    def claim_precision(self) -> float:
        """Share of the claims that are right: a crater that claims everything cannot raise it."""
        return _share(self.right_claims, self.claims)


def confusion(
    predicted: NDArray[np.bool_],
    actual: NDArray[np.bool_],
    *,
    where: NDArray[np.bool_] | None = None,
) -> Confusion:
    """Count agreement of two masks, a few rows at a time.

    Args:
        predicted: Any shape.
        actual: The same shape.
        where: What to count, the same shape; everything by default.

    Raises:
        RasterError: If the shapes differ.
    """
    shapes = {predicted.shape, actual.shape} | ({where.shape} if where is not None else set())
    if len(shapes) > 1:
        raise RasterError(f"masks to compare must have one shape, got {sorted(shapes)}")
    counts = np.zeros(4, np.int64)
    for start in range(0, len(predicted), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        codes = 2 * predicted[rows].astype(np.uint8) + actual[rows]
        kept = codes.ravel() if where is None else codes[where[rows]]
        counts += np.bincount(kept, minlength=4)
    return _from_codes(counts)


def confusion_by_group(
    predicted: NDArray[np.bool_], actual: NDArray[np.bool_], groups: NDArray[np.integer]
) -> list[Confusion]:
    """Count agreement separately in tiles, quadrants, rings or any other parts.

    Args:
        predicted: Any shape.
        actual: The same shape.
        groups: Part of each pixel, numbered from 0, the same shape; negative pixels are left out.

    Returns:
        One count a part, by number, up to the highest number there is.

    Raises:
        RasterError: If the shapes differ.
    """
    if not predicted.shape == actual.shape == groups.shape:
        shapes = (predicted.shape, actual.shape, groups.shape)
        raise RasterError(f"masks and groups must have one shape, got {shapes}")
    kept = groups >= 0
    codes = 2 * predicted[kept].astype(np.intp) + actual[kept]
    counts = np.bincount(4 * groups[kept].astype(np.intp) + codes)
    padded = np.pad(counts, (0, -counts.size % 4)).reshape(-1, 4)
    return [_from_codes(row) for row in padded]


def placed_confusion(
    predicted: PlacedMask, actual: PlacedMask, *, basemap: BasemapGrid
) -> Confusion:
    """Count agreement of two masks over the whole basemap, looking only where one is set."""
    rows, cols = basemap.shape
    both = predicted.intersection(actual, basemap).area_px
    only_predicted, only_actual = predicted.area_px - both, actual.area_px - both
    return Confusion(
        true_positive=both,
        false_positive=only_predicted,
        false_negative=only_actual,
        true_negative=rows * cols - both - only_predicted - only_actual,
    )


def origin_agreement(
    predicted: Mapping[int, PlacedMask], actual: Mapping[int, PlacedMask], *, basemap: BasemapGrid
) -> OriginAgreement:
    """Judge the craters that predicted masks name, pixel by pixel, wherever ejecta are true.

    Args:
        predicted: Mask of each crater by crater id.
        actual: True mask of each crater by crater id.
        basemap: Grid of both.
    """
    is_ejecta = np.zeros(basemap.shape, np.bool_)
    for mask in actual.values():
        mask.paste_into(is_ejecta)
    is_claimed, is_right = np.zeros_like(is_ejecta), np.zeros_like(is_ejecta)
    claims = right_claims = 0
    for crater_id, mask in predicted.items():
        mask.paste_into(is_claimed)
        claims += (
            0 if mask.window is None else int((crop(is_ejecta, mask.window) & mask.mask).sum())
        )
        right = mask.intersection(actual.get(crater_id, PlacedMask.empty()), basemap)
        right.paste_into(is_right)
        right_claims += right.area_px
    return OriginAgreement(
        detected_px=int(np.count_nonzero(is_claimed & is_ejecta)),
        right_px=int(np.count_nonzero(is_right)),
        claims=claims,
        right_claims=right_claims,
    )


def _from_codes(counts: NDArray[np.int64]) -> Confusion:
    neither, missed, invented, both = (int(count) for count in counts)
    return Confusion(
        true_positive=both, false_positive=invented, false_negative=missed, true_negative=neither
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
