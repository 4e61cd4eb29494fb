"""Event files of a training for TensorBoard; none are written where it is not installed."""

import math
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ejmap_ml.training.checkpoints import EpochLog

# Columns of a history that are no scores.
COUNTERS = frozenset({"epoch", "step"})


@contextmanager
def event_log(folder: Path | None) -> Generator[EpochLog]:
    """Write the scores of epochs into ``folder`` for TensorBoard.

    TensorBoard is no dependency: ``history.csv`` holds the same scores. Without it, or without a
    folder, nothing is written.
    """
    if folder is None or find_spec("tensorboard") is None:
        yield _ignore
        return
    from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - only where it is installed

    writer = SummaryWriter(log_dir=str(folder))

    def write(scores: Mapping[str, float]) -> None:
        for name, value in scores.items():
            if name not in COUNTERS and math.isfinite(value):
                writer.add_scalar(name, value, int(scores["epoch"]))
        writer.flush()

    try:
        yield write
    finally:
        writer.close()


def _ignore(scores: Mapping[str, float]) -> None:
    """Write nothing."""
