"""What is trained on a GPU learns, predicts as on a CPU, and goes on after an interruption."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.samples import FitData, SampleBatch
from ejmap_ml.training.fit import FitResult, fit
from ejmap_ml.training.member_scores import score_member

pytestmark = pytest.mark.gpu

SIDE_PX = 64
TRAINING = {"batch_size": 8, "max_epochs": 3, "precision": "auto"}
CLASSIFIER = {
    "kind": "timm_classifier",
    "name": "test_resnet",
    "crop": {"height_px": SIDE_PX, "width_px": SIDE_PX},
}
SEGMENTER = {
    "kind": "smp",
    "name": "unetplusplus",
    "encoder": "resnet18",
    "tile": {"side_px": SIDE_PX},
}


class _InterruptedError(Exception):
    """What kills a run in these tests."""


class _Samples:
    """Images whose target is where, or whether, the first channel is bright."""

    shards: Sequence[range] = (range(32),)

    def __init__(self, *, is_map: bool, batches: int | None = None) -> None:
        generator = torch.Generator().manual_seed(1)
        self._level = torch.randn((32, 4, 1, 1), generator=generator)
        self._noise = torch.randn((32, 4, SIDE_PX, SIDE_PX), generator=generator)
        self._is_map = is_map
        self._left = batches

    def __len__(self) -> int:
        return 32

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return images, metadata if they are masks, and targets."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise _InterruptedError
        chosen = list(positions)
        level = self._level[chosen]
        image = level + 0.3 * self._noise[chosen]
        if not self._is_map:
            return SampleBatch(inputs=(image,), target=(level[:, :1, 0, 0] > 0).float())
        return SampleBatch(inputs=(image, level[:, :, 0, 0]), target=(image[:, :1] > 0).float())


def _config(architecture: Mapping[str, object], **training: object) -> ModelConfig:
    return ModelConfig.model_validate(
        {
            "name": "tiny",
            "architecture": architecture,
            "normalization": {"kind": "fixed"},
            "loss": {"kind": "focal", "alpha": 0.5},
            "optimizer": {"kind": "adamw", "learning_rate": 1e-3},
            "scheduler": {"kind": "step", "step_epochs": 1, "gamma": 0.9},
            "training": TRAINING | training,
        }
    )


def _fit(config: ModelConfig, folder: Path, *, batches: int | None = None) -> FitResult:
    is_map = config.architecture.kind == "smp"
    data = FitData(
        train=_Samples(is_map=is_map, batches=batches), validation=_Samples(is_map=is_map)
    )
    return fit(config, data, folder=folder, seed=0, report=lambda _: None)


@pytest.fixture(autouse=True)
def _repeatable() -> Iterator[None]:
    """Have convolutions add up in one order."""
    before = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    torch.cuda.reset_peak_memory_stats()
    yield
    torch.backends.cudnn.deterministic = before


@pytest.mark.parametrize("architecture", [CLASSIFIER, SEGMENTER], ids=["ejconn", "ejseg"])
@pytest.mark.parametrize("precision", ["auto", "bf16-mixed", "32-true"])
def test_training_steps_are_taken_on_the_gpu(
    architecture: dict[str, object], precision: str, tmp_path: Path
) -> None:
    """In every precision; the loss falls and the weights come back to the CPU as float32."""
    result = _fit(_config(architecture, precision=precision), tmp_path)

    loss = result.history["train_loss"]
    assert torch.cuda.max_memory_allocated() > 0
    assert np.isfinite(loss).all()
    assert loss.iloc[-1] < loss.iloc[0]
    floats = [one for one in result.bundle.weights.values() if one.is_floating_point()]
    assert {(one.device.type, one.dtype) for one in floats} == {("cpu", torch.float32)}


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory: pytest.TempPathFactory) -> ModelBundle:
    """A segmenter that was trained on the GPU."""
    return _fit(_config(SEGMENTER), tmp_path_factory.mktemp("run")).bundle


def test_the_gpu_predicts_what_the_cpu_does(segmenter: ModelBundle) -> None:
    """Probabilities agree to rounding, and an ensemble takes the GPU by itself."""
    inputs = _Samples(is_map=True).batch(range(8)).inputs

    fast, slow = Ensemble.of([segmenter]), Ensemble.of([segmenter], device="cpu")

    assert fast.device.type == "cuda"
    np.testing.assert_allclose(
        fast.predict(inputs).probability, slow.predict(inputs).probability, atol=5e-3
    )


def test_scores_on_the_gpu_are_those_on_the_cpu(segmenter: ModelBundle) -> None:
    """But for pixels that rounding moves across one half."""
    samples = _Samples(is_map=True)
    whole = samples.batch(range(32))

    scores = score_member(segmenter, samples, batch_size=5)

    with torch.inference_mode():
        found = segmenter.build()(*whole.inputs) > 0
    right = (found == (whole.target > 0.5)).float().mean()
    assert scores.accuracy == pytest.approx(float(right), abs=2e-3)


def test_an_interrupted_training_goes_on_on_the_gpu(tmp_path: Path) -> None:
    """With the scale of 16-bit gradients, as if there had been no interruption."""
    config = _config(CLASSIFIER, precision="16-mixed", max_epochs=4)
    whole = _fit(config, tmp_path / "whole")

    with pytest.raises(_InterruptedError):
        _fit(config, tmp_path / "torn", batches=4 * 2 + 1)
    resumed = _fit(config, tmp_path / "torn")

    assert resumed.resumed_from_step == 8
    pd.testing.assert_frame_equal(resumed.history, whole.history, rtol=1e-2, atol=1e-3)
    for name, value in whole.bundle.weights.items():
        torch.testing.assert_close(resumed.bundle.weights[name], value, rtol=1e-2, atol=1e-3)
