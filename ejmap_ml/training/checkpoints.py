"""Checkpoints of a training: the last state to resume from, the best weights, and the history.

Lightning's own callback warns about any folder that is not empty, which a resumed training's never
is, and leaves a torn file when a run is killed while it writes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import pandas as pd
from lightning.pytorch.callbacks import Checkpoint

from ejmap_geo.whole_file import whole_file
from ejmap_ml.bundles.weights import write_weights
from ejmap_ml.training.binary_task import BinaryTask

LAST = "last.ckpt"
BEST = "best.safetensors"
HISTORY = "history.csv"

# Receives the scores of an epoch by name.
EpochLog = Callable[[Mapping[str, float]], None]


class BestAndLast(Checkpoint):
    """Save the last state and the best weights every ``every_epochs`` epochs.

    Without validation every epoch is saved: nothing is lost but the epoch that was interrupted.
    Best is the highest value of the score that is watched, the earlier one of equals; without
    validation it is the last. Lightning calls checkpoints after all other callbacks, so early
    stopping has counted already.

    Attributes:
        best_score: Best value of the score so far; None without validation.
        best_epoch: Epoch (from 0) of the best weights.
        history: One row an epoch with the logged scores.
    """

    def __init__(self, folder: Path, *, every_epochs: int, watched: str, log: EpochLog) -> None:
        """Choose what is watched.

        Args:
            folder: Where checkpoints and history lie.
            every_epochs: Epochs from one checkpoint to the next.
            watched: Name of the logged score that decides which weights are best.
            log: Told the scores of every epoch.
        """
        self._folder = folder
        self._every_epochs = every_epochs
        self._watched = watched
        self._log = log
        self.best_score: float | None = None
        self.best_epoch = 0
        self.history: list[dict[str, float]] = []

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed training needs to know."""
        return {
            "best_score": self.best_score,
            "best_epoch": self.best_epoch,
            "history": self.history,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the state of the training that is resumed."""
        self.best_score = state_dict["best_score"]
        self.best_epoch = state_dict["best_epoch"]
        self.history = list(state_dict["history"])

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Record the epoch, and save when it is due or the last."""
        epoch = trainer.current_epoch
        is_due = (epoch + 1) % self._every_epochs == 0
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        shown = {k: v for k, v in metrics.items() if is_due or not k.startswith("val_")}
        self.history.append({"epoch": epoch, "step": trainer.global_step, **shown})
        with whole_file(self._folder / HISTORY) as unfinished:
            pd.DataFrame(self.history).to_csv(unfinished, index=False)
        self._log(self.history[-1])
        is_last = trainer.should_stop or epoch + 1 == trainer.max_epochs
        if is_due or is_last or not trainer.val_dataloaders:
            self._save(trainer, pl_module, score=shown.get(self._watched))

    def _save(
        self, trainer: pl.Trainer, module: pl.LightningModule, *, score: float | None
    ) -> None:
        is_validated = self.best_score is not None or score is not None
        is_better = score is not None and (self.best_score is None or score > self.best_score)
        if is_better or not is_validated:
            self.best_score = score
            self.best_epoch = trainer.current_epoch
            assert isinstance(module, BinaryTask)  # noqa: S101 - fit trains nothing else
            with whole_file(self._folder / BEST) as unfinished:
                write_weights(module.network.state_dict(), unfinished)
        with whole_file(self._folder / LAST) as unfinished:
            trainer.save_checkpoint(unfinished)
