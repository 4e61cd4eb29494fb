"""Small crater classifiers, and discs that are easy to tell from noise."""

from collections.abc import Callable

import numpy as np
import pytest

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.sgan.config import (
    CraterClassifierConfig,
    CraterTrainingConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    UnsupervisedConfig,
)


def _small(**changes: object) -> CraterClassifierConfig:
    settings = {
        "name": "small",
        "side_px": 16,
        "discriminator": DiscriminatorConfig(filters=8, stages=2),
        "unsupervised": UnsupervisedConfig(
            generator=GeneratorConfig(latent_size=6, dense_filters=8, filters=(8, 4))
        ),
        "training": CraterTrainingConfig(
            batch_size=8, max_steps=40, steps_per_epoch=20, learning_rate=3e-3, ema_decay=0.9
        ),
    }
    return CraterClassifierConfig.model_validate(settings | changes)


@pytest.fixture(scope="session")
def small_config() -> Callable[..., CraterClassifierConfig]:
    """Return the maker of a classifier of 16 px tiles that trains in a second."""
    return _small


@pytest.fixture(scope="session")
def discs() -> tuple[LocalTiles, np.ndarray]:
    """Return 60 noisy tiles lit from the left, and labels: 1 for those with a disc, else 0.

    No test may change them.
    """
    rng = np.random.default_rng(0)
    label = np.arange(60) % 2
    rows, cols = np.mgrid[:16, :16] - 7.5
    disc = (np.hypot(rows, cols) < 5) * np.sign(cols)
    values = 100 + 20 * rng.standard_normal((60, 16, 16)) + 60 * label[:, None, None] * disc
    tiles = LocalTiles(
        values=values.astype(np.float32),
        valid_share=np.ones(60, np.float32),
        light_from_deg=270.0,
    )
    return tiles, label
