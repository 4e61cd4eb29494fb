"""Small models and samples for the tests of the model layer."""

from collections.abc import Callable, Iterator, Sequence

import pytest
import torch

from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.samples import SampleBatch

TINY_NETWORK = "test_resnet"


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny tensors are slower on many threads, and sums depend on their number."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class MemorySamples:
    """Random images whose target is whether the first channel is bright."""

    def __init__(self, count: int, *, channels: int, side_px: int, seed: int, is_map: bool) -> None:
        generator = torch.Generator().manual_seed(seed)
        level = torch.randn((count, channels, 1, 1), generator=generator)
        coarse_px = max(side_px // 8, 1)
        noise = torch.randn((count, channels, coarse_px, coarse_px), generator=generator)
        block_px = side_px // coarse_px
        noise = noise.repeat_interleave(block_px, 2).repeat_interleave(block_px, 3)
        self.image = level + noise
        bright = (self.image[:, :1] > 0).float()
        self.target = bright if is_map else (level[:, :1, 0, 0] > 0).float()
        self.metadata = torch.randn((count, channels), generator=generator)
        self.is_map = is_map

    def __len__(self) -> int:
        return len(self.image)

    @property
    def shards(self) -> Sequence[range]:
        """One run of all positions."""
        return [range(len(self))]

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return the samples at ``positions``."""
        chosen = list(positions)
        inputs = (
            (self.image[chosen], self.metadata[chosen]) if self.is_map else (self.image[chosen],)
        )
        return SampleBatch(inputs=inputs, target=self.target[chosen])


@pytest.fixture
def make_samples() -> Callable[..., MemorySamples]:
    """Return the maker of samples in memory."""
    return MemorySamples


@pytest.fixture
def classifier_config() -> Callable[..., ModelConfig]:
    """Return the maker of tiny EJCONN configurations."""
    return _classifier_config


@pytest.fixture
def segmenter_config() -> Callable[..., ModelConfig]:
    """Return the maker of tiny EJSEG configurations."""
    return _segmenter_config


def _classifier_config(**training: object) -> ModelConfig:
    return ModelConfig.model_validate(
        {
            "name": "tiny",
            "architecture": {
                "kind": "timm_classifier",
                "name": TINY_NETWORK,
                "crop": {"height_px": 32, "width_px": 32},
            },
            "loss": {"kind": "bce"},
            "optimizer": {"kind": "adamw", "learning_rate": 1e-3},
            "training": {"batch_size": 8, "max_epochs": 2, **training},
        }
    )


def _segmenter_config(
    *, bands: int = 3, mode: str = "absolute", injection: bool = True, **training: object
) -> ModelConfig:
    return ModelConfig.model_validate(
        {
            "name": "tiny",
            "bands": bands,
            "architecture": {
                "kind": "smp",
                "name": "unet",
                "encoder": "tu-test_resnet",
                "encoder_depth": 3,
                "decoder_channels": [16, 8, 8],
                "injection": {} if injection else None,
                "tile": {"side_px": 32, "distance_mode": mode},
            },
            "loss": {"kind": "dice"},
            "optimizer": {"kind": "adamw", "learning_rate": 1e-3},
            "training": {"batch_size": 4, "max_epochs": 2, **training},
        }
    )
