"""Tiles as training samples: stretched, and drawn into batches of three kinds."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.config import StretchConfig

UNLABELLED = -1
# A lamp that stands elsewhere by this much shades as good as alike: augmentation turns tiles more.
LIGHT_TOLERANCE_DEG = 15.0


class CraterBatch(NamedTuple):
    """Tiles of one step, stretched; the generated ones are made in the step."""

    labelled: Tensor  # (B, 1, H, W)
    label: Tensor  # (B,), 0 to classes - 1
    unlabelled: Tensor  # (B, 1, H, W), or none (0, 1, H, W) where nothing is learnt from them


def stretched(values: NDArray[np.floating], config: StretchConfig) -> Tensor:
    """Bring tiles ``(tile, row, col)`` to -1..1 between their own percentiles.

    A tile of one value becomes 0.

    Returns:
        ``(tile, 1, row, col)``.
    """
    if not len(values):
        return torch.zeros((0, 1, *values.shape[1:]))
    percents = (config.low_percent, config.high_percent)
    low, high = np.percentile(values, percents, axis=(1, 2), keepdims=True)
    span = high - low
    share = np.divide(values - low, span, out=np.full(values.shape, 0.5), where=span > 0)
    return torch.from_numpy((2 * share - 1).clip(-1, 1).astype(np.float32))[:, None]


def require_light(
    tiles: LocalTiles, *, light_from_deg: float | None, any_light: bool = False
) -> None:
    """Refuse tiles whose light does not come from where a classifier knows it from.

    Args:
        tiles: The tiles.
        light_from_deg: Where it comes from in the tiles that were learnt from; None if not known.
        any_light: Let all tiles pass, at the price of right answers.

    Raises:
        SampleError: The lights differ by more than 15 degrees, or only one of them is known.
    """
    found = tiles.light_from_deg
    if any_light or (found is None and light_from_deg is None):
        return
    if found is not None and light_from_deg is not None:
        apart_deg = abs((found - light_from_deg + 180) % 360 - 180)
        if apart_deg <= LIGHT_TOLERANCE_DEG:
            return
    raise SampleError(
        f"tiles are lit {_from(found)}, but the classifier learnt from tiles lit "
        f"{_from(light_from_deg)}, and under another light it is no better than chance; state the "
        "light's azimuth so that tiles are cut turned to it, or ask for any_light"
    )


class DrawnBatches:
    """Batches drawn with replacement, a fixed number an epoch; the seed decides them all."""

    def __init__(
        self,
        tiles: Tensor,
        label: Tensor,
        *,
        batch_size: int,
        steps: int,
        seed: int,
        with_unlabelled: bool,
    ) -> None:
        self._tiles, self._label = tiles, label
        self._labelled = torch.nonzero(label != UNLABELLED)[:, 0]
        self._batch_size, self._steps = batch_size, steps
        self._with_unlabelled = with_unlabelled
        self._generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[CraterBatch]:
        """Yield the batches of the next epoch."""
        for _ in range(self._steps):
            chosen = self._labelled[self._drawn(len(self._labelled))]
            others = self._drawn(len(self._tiles)) if self._with_unlabelled else chosen[:0]
            yield CraterBatch(self._tiles[chosen], self._label[chosen], self._tiles[others])

    def _drawn(self, stop: int) -> Tensor:
        return torch.randint(stop, (self._batch_size,), generator=self._generator)


def checked_labels(label: NDArray[np.integer], *, tiles: int, classes: int) -> Tensor:
    """Return labels as a tensor.

    Args:
        label: ``(tile,)``, -1 for tiles without a label.
        tiles: Number of tiles.
        classes: Number of classes.

    Raises:
        SampleError: There is not one label a tile, one is no class, or a class has none.
    """
    if label.shape != (tiles,):
        raise SampleError(f"{tiles} tiles need as many labels, got {label.shape}")
    found = set(np.unique(label).tolist())
    unknown = found - {UNLABELLED, *range(classes)}
    if unknown:
        raise SampleError(
            f"labels must be 0 to {classes - 1}, or -1 for none, found {sorted(unknown)[:4]}"
        )
    without = sorted(set(range(classes)) - found)
    if without:
        raise SampleError(
            f"every class needs a labelled tile, but class {without[0]} of {classes} has none; "
            "label some of its tiles"
        )
    return torch.from_numpy(label.astype(np.int64))


def _from(light_deg: float | None) -> str:
    return "from an unknown side" if light_deg is None else f"from {light_deg:g} degrees"
