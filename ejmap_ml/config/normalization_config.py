"""How the channels of samples are scaled before a network sees them, as settings."""

from typing import Annotated, Literal

from pydantic import Field

from ejmap_ml.config.frozen import Frozen


class FixedChannelConfig(Frozen):
    """Subtract ``offset`` from a channel and divide by ``scale``."""

    offset: float
    scale: float = Field(gt=0)


class TrainNormalizationConfig(Frozen):
    """Subtract the mean and divide by the standard deviation of the training samples.

    Attributes:
        extra: What the extra channel (distance or attention) is subject to instead; None treats it
            like the bands.
    """

    kind: Literal["train"] = "train"
    extra: FixedChannelConfig | None = None


class FixedNormalizationConfig(Frozen):
    """Divide the bands by 255 and the extra channel by ``extra_scale``."""

    kind: Literal["fixed"] = "fixed"
    extra_scale: float = Field(default=2.0, gt=0)


class NoNormalizationConfig(Frozen):
    """Samples arrive normalised, as polar views do."""

    kind: Literal["none"] = "none"


NormalizationConfig = Annotated[
    TrainNormalizationConfig | FixedNormalizationConfig | NoNormalizationConfig,
    Field(discriminator="kind"),
]
