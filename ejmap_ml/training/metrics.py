"""Scores of one-logit tasks from confusion counts that are summed batch by batch."""

from dataclasses import asdict, dataclass
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryScores:
    """Scores in 0..1; 0 where the denominator is empty.

    Attributes:
        f1: Harmonic mean of precision and recall.
        iou: Intersection over union.
        precision: Share of the predicted that is true.
        recall: Share of the true that is predicted.
        accuracy: Share of all that is right.
    """

    f1: float
    iou: float
    precision: float
    recall: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedConfusion:
    """Weighted counts of true and false, positive and negative; add them up over batches.

    Attributes:
        hit: True positives.
        false_alarm: False positives.
        miss: False negatives.
        rejection: True negatives.
    """

    hit: float = 0.0
    false_alarm: float = 0.0
    miss: float = 0.0
    rejection: float = 0.0

    @classmethod
    def of(cls, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Self:
        """Count ``logits`` above 0 (a probability above one half) against ``target`` of 0 and 1."""
        weights = (
            torch.ones_like(logits, dtype=torch.float64) if weight is None else weight.double()
        )
        is_set, is_true = logits > 0, target > 0.5
        hit = weights[is_set & is_true].sum()
        predicted, true, total = weights[is_set].sum(), weights[is_true].sum(), weights.sum()
        counts = torch.stack([hit, predicted - hit, true - hit, total - predicted - true + hit])
        names = ("hit", "false_alarm", "miss", "rejection")
        return cls(**dict(zip(names, counts.tolist(), strict=True)))

    def __add__(self, other: Self) -> Self:
        """Return the counts of both."""
        counts = asdict(self)
        return type(self)(**{name: counts[name] + getattr(other, name) for name in counts})

    @property
    def scores(self) -> BinaryScores:
        """The scores of these counts."""
        wrong = self.false_alarm + self.miss
        right = self.hit + self.rejection
        return BinaryScores(
            f1=_share(2 * self.hit, 2 * self.hit + wrong),
            iou=_share(self.hit, self.hit + wrong),
            precision=_share(self.hit, self.hit + self.false_alarm),
            recall=_share(self.hit, self.hit + self.miss),
            accuracy=_share(right, right + wrong),
        )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
