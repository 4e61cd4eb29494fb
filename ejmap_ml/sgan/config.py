"""The crater classifier as one typed value: networks, losses, augmentation, training."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ejmap_ml.config.frozen import Frozen, packaged_presets, read_preset

DEFAULT_PRESET = "crater_sgan"


class StretchConfig(Frozen):
    """Each tile is stretched from two of its own percentiles to -1 and 1, and cut off there.

    Attributes:
        low_percent: Percentile that becomes -1.
        high_percent: Percentile that becomes 1.
    """

    low_percent: float = Field(default=1.0, ge=0)
    high_percent: float = Field(default=99.0, le=100)

    @model_validator(mode="after")
    def _is_rising(self) -> Self:
        if self.low_percent >= self.high_percent:
            raise ValueError(
                f"high_percent must exceed low_percent, got {self.high_percent} and "
                f"{self.low_percent}"
            )
        return self


class DiscriminatorConfig(Frozen):
    """Convolutions of 3 x 3 with stride 2, then one linear layer to the logits of the classes.

    Attributes:
        filters: Channels of every convolution.
        stages: Number of convolutions, each of which halves the side.
        dropout: Share of the flattened features that is dropped in training.
        leak: Slope of the rectifier below zero.
    """

    filters: int = Field(default=128, gt=0, le=1024)
    stages: int = Field(default=3, gt=0, le=8)
    dropout: float = Field(default=0.4, ge=0, lt=1)
    leak: float = Field(default=0.2, ge=0)


class GeneratorConfig(Frozen):
    """A dense layer to a small image, transposed convolutions that double it, one convolution.

    Attributes:
        latent_size: Numbers that a picture is made from.
        dense_filters: Channels of the small image.
        filters: Channels of each transposed convolution (4 x 4, stride 2).
        last_kernel_px: Side of the last convolution's kernel.
        leak: Slope of the rectifier below zero.
    """

    latent_size: int = Field(default=100, gt=0, le=4096)
    dense_filters: int = Field(default=128, gt=0, le=1024)
    filters: tuple[int, ...] = (64, 32)
    last_kernel_px: int = Field(default=5, gt=0, le=31)
    leak: float = Field(default=0.2, ge=0)

    @model_validator(mode="after")
    def _doubles_something(self) -> Self:
        if not 1 <= len(self.filters) <= 8 or not all(0 < one <= 1024 for one in self.filters):
            raise ValueError(f"filters must be 1 to 8 numbers in 1..1024, got {self.filters}")
        return self


class UnsupervisedConfig(Frozen):
    """What is learnt from tiles without labels, against a generator.

    Attributes:
        generator: The network that makes false tiles.
        weight: Weight of "true or false?" beside the cross-entropy of the labels.
        generator_loss: What the generator wants: the mean features of true tiles, or to be taken
            for true (as published).
    """

    generator: GeneratorConfig = GeneratorConfig()
    weight: float = Field(default=0.5, gt=0)
    generator_loss: Literal["feature_matching", "adversarial"] = "feature_matching"


class CraterAugmentationConfig(Frozen):
    """Random changes that keep the light where it is; plus or minus, drawn anew for every tile.

    Attributes:
        flips: Turn half of the tiles upside down; the light comes from the left and stays there.
        rotation_deg: Turn by up to so much.
        scale: Grow or shrink by up to this share.
        shift_px: Move by up to so many pixels along both axes.
        contrast: Multiply by one plus or minus up to this share.
        brightness: Add up to this; tiles span -1 to 1.
    """

    flips: bool = True
    rotation_deg: float = Field(default=10.0, ge=0, le=180)
    scale: float = Field(default=0.08, ge=0, lt=1)
    shift_px: float = Field(default=1.6, ge=0)
    contrast: float = Field(default=0.25, ge=0, lt=1)
    brightness: float = Field(default=0.1, ge=0)


class CraterTrainingConfig(Frozen):
    """How long and in which portions the classifier is trained.

    Attributes:
        batch_size: Tiles of each kind in a step: labelled, without label, generated.
        max_steps: Steps of each optimizer, rounded up to whole epochs.
        steps_per_epoch: Steps after which scores are noted and a picture is drawn.
        learning_rate: Of Adam, in both networks.
        betas: Of Adam.
        ema_decay: Share of the averaged weights that a step keeps; the average is what is
            evaluated and saved. None takes the last weights.
        precision: "auto" multiplies bfloat16 where the processor does so itself.
    """

    batch_size: int = Field(default=16, gt=0)
    max_steps: int = Field(gt=0)
    steps_per_epoch: int = Field(default=50, gt=0)
    learning_rate: float = Field(gt=0)
    betas: tuple[float, float] = (0.5, 0.999)
    ema_decay: float | None = Field(default=0.99, gt=0, lt=1)
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"


class CraterClassifierConfig(Frozen):
    """A crater classifier and how it is trained.

    Attributes:
        name: Name of the preset or variant.
        side_px: Rows and columns of a tile.
        stretch: How the values of a tile are brought to -1..1.
        discriminator: The classifier itself.
        unsupervised: What is learnt from tiles without labels; None is the supervised CNN.
        augmentation: Random changes of all tiles in training; None for none.
        training: How it is trained.
    """

    name: str
    side_px: int = Field(default=32, gt=0, le=1024)
    stretch: StretchConfig = StretchConfig()
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    unsupervised: UnsupervisedConfig | None = UnsupervisedConfig()
    augmentation: CraterAugmentationConfig | None = CraterAugmentationConfig()
    training: CraterTrainingConfig

    @model_validator(mode="after")
    def _sides_halve(self) -> Self:
        halvings = [self.discriminator.stages]
        if self.unsupervised is not None:
            halvings.append(len(self.unsupervised.generator.filters))
        if self.side_px % 2 ** max(halvings):
            raise ValueError(
                f"side_px must be divisible by {2 ** max(halvings)}, which the networks halve it "
                f"by, got {self.side_px}"
            )
        return self


def classifier_preset_names() -> tuple[str, ...]:
    """Return the names of the packaged crater classifiers in alphabetical order."""
    return packaged_presets("ejmap_ml.sgan")


def load_classifier_preset(name: str = DEFAULT_PRESET) -> CraterClassifierConfig:
    """Return a packaged crater classifier, or the one in the YAML file ``name`` is the path of.

    Raises:
        ConfigError: There is no such preset or file, or it is no valid configuration.
    """
    return read_preset(
        CraterClassifierConfig,
        name,
        package="ejmap_ml.sgan",
        noun="crater classifier",
        what="crater classifier",
    )
