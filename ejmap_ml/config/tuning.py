"""Tuning: a short training that starts from the weights of a trained polar model."""

from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.config.polar_config import PolarAugmentationConfig
from ejmap_ml.config.training_config import AdamWConfig, OneCycleConfig, TrainingConfig
from ejmap_ml.errors import ConfigError

STEPS, BATCH = 40, 3
CHECKPOINT_EPOCHS = 10
# A training from random weights takes 3e-3; 3e-4 made eight masks a loss (docs/methods.md).
LEARNING_RATE = 1e-4


def tuned_config(start: ModelConfig, *, name: str, starts_from: str) -> ModelConfig:
    """Return a model that learns a little more, from a few craters.

    Architecture, bands, normalization and loss are those of the start, whatever they are. Views are
    turned and mirrored, which is exact.

    Args:
        start: The model whose weights it starts from.
        name: Name of the new model.
        starts_from: Key of the version of ``start``.

    Raises:
        ConfigError: The start looks at tiles.
    """
    if not start.is_polar:
        raise ConfigError(
            f"{name} cannot start from {starts_from}: only models of polar views are tuned; train "
            f"{starts_from} itself, or name a polar model"
        )
    return start.model_copy(
        update={
            "name": name,
            "augmentation": PolarAugmentationConfig(),
            "optimizer": AdamWConfig(learning_rate=LEARNING_RATE, weight_decay=0.01),
            "scheduler": OneCycleConfig(rise_share=0.1),
            "warmup": None,
            "training": TrainingConfig(
                batch_size=BATCH,
                max_steps=STEPS,
                validate_every_epochs=CHECKPOINT_EPOCHS,
                validation_fraction=0.0,
                gradient_clip=1.0,
                precision="32-true",
                starts_from=starts_from,
                keeps_statistics=True,
            ),
        }
    )
