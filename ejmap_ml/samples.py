"""Samples: what the data code of every model hands to training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import pandas as pd
from torch import Tensor


class SampleBatch(NamedTuple):
    """A batch of raw samples of a one-logit task."""

    # What the network's forward takes: (B, C, H, W) images first, then (B, D) metadata if any.
    inputs: tuple[Tensor, ...]
    # (B, 1) or (B, 1, H, W), 0 or 1, float32.
    target: Tensor
    # Shape of target, or None for equal weights.
    weight: Tensor | None = None


class SampleSet(Protocol):
    """Samples by position."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    @property
    def shards(self) -> Sequence[range]:
        """Runs of positions that are read together."""
        ...

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return the samples at ``positions``, in their order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FitData:
    """What a model is trained on.

    Attributes:
        train: Samples that train.
        validation: Samples that decide when to stop and which weights are best; None trains to the
            end and keeps the last weights.
        train_table: One row a training sample, in their order, with what sampling weights are made
            of; None will do for a model that samples all alike.
        normalizing: Samples that the normalization is taken from; None takes those that train.
        inputs: Name and data version of where the samples come from, for the provenance; a training
            is resumed only when they are the same.
    """

    train: SampleSet
    validation: SampleSet | None = None
    train_table: pd.DataFrame | None = None
    normalizing: SampleSet | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def normalized_by(self) -> SampleSet:
        """Samples that the normalization is taken from."""
        return self.train if self.normalizing is None else self.normalizing

    @property
    def is_validated(self) -> bool:
        """Whether there is any sample to validate on."""
        return self.validation is not None and len(self.validation) > 0
