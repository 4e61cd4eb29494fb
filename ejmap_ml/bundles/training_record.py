"""What a training run told of itself: how long it was, and on which processor."""

from pydantic import Field

from ejmap_ml.config.frozen import Frozen


class TrainingRecord(Frozen):
    """How the training of a member went; of one that was interrupted, its last run.

    Attributes:
        epochs_run: Epochs that were trained, those before an interruption included.
        time_beginning_s: Seconds from the start to the first step: network, normalization, samples.
        time_train_s: Seconds of the training itself.
        time_test_beginning_s: Seconds from its end to the first test tile.
        time_test_s: Seconds on the test tiles.
        gpu_name: The GPU; ``cpu`` where there is none.
    """

    epochs_run: int = Field(ge=0)
    time_beginning_s: float = Field(ge=0)
    time_train_s: float = Field(ge=0)
    time_test_beginning_s: float = Field(default=0.0, ge=0)
    time_test_s: float = Field(default=0.0, ge=0)
    gpu_name: str = "cpu"

    @property
    def runtime_s(self) -> float:
        """Seconds of all four parts."""
        return (
            self.time_beginning_s
            + self.time_train_s
            + self.time_test_beginning_s
            + self.time_test_s
        )
