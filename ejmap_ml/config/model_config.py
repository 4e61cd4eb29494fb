"""A model as one typed value: what it looks at, what it is made of, how it is trained."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self, assert_never

import yaml
from pydantic import Field, model_validator

from ejmap_ml.config.bands import MOST_BANDS, Reads, count_of, words_of
from ejmap_ml.config.frozen import Frozen, packaged_presets, read_preset
from ejmap_ml.config.normalization_config import NormalizationConfig, TrainNormalizationConfig
from ejmap_ml.config.polar_config import PolarAugmentationConfig, PolarUnetConfig
from ejmap_ml.config.training_config import (
    ConstantConfig,
    Loss,
    NoAugmentationConfig,
    OneCycleConfig,
    Optimizer,
    RangeDiceBceLossConfig,
    Sampling,
    Scheduler,
    ShuffleSamplingConfig,
    TileAugmentationConfig,
    TrainingConfig,
    WarmupConfig,
)

DistanceMode = Literal["absolute", "ratio", "rank"]
SegmentationName = Literal[
    "unet",
    "unetplusplus",
    "linknet",
    "deeplabv3",
    "deeplabv3plus",
    "manet",
    "segformer",
    "pspnet",
    "fpn",
    "upernet",
]


WITH_DECODER_ATTENTION = ("unet", "unetplusplus")


class PretrainedConfig(Frozen):
    """Where an encoder starts from.

    Attributes:
        tag: Name of the weights on the hub (for smp encoders, ``imagenet``); for timm the tag is
            part of the model's name and this is only a label.
        weights_path: Local safetensors file that is read instead of asking the hub.
    """

    tag: str = "imagenet"
    weights_path: Path | None = None


class CropConfig(Frozen):
    """The crop that holds a crater and a tile, resampled to one size.

    Attributes:
        height_px: Rows of the crop.
        width_px: Columns of the crop.
    """

    height_px: int = Field(gt=0)
    width_px: int = Field(gt=0)


class TimmClassifierConfig(Frozen):
    """EJCONN: a timm classifier with one logit on crops of bands and attention.

    Attributes:
        name: Name of the model in timm, with its tag.
        pretrained: Where the weights start from; None starts at random.
        dropout: Share of the pooled features dropped in training.
        crop: Size of the crop.
    """

    kind: Literal["timm_classifier"] = "timm_classifier"
    name: str
    pretrained: PretrainedConfig | None = None
    dropout: float = Field(default=0.0, ge=0, lt=1)
    crop: CropConfig


class InjectionConfig(Frozen):
    """The metadata vector: mean bands of an annulus around the rim, and the radius if needed.

    Attributes:
        inner_radii: Inner edge of the annulus in crater radii from the centre.
        outer_radii: Outer edge.
    """

    inner_radii: float = Field(default=2.0, ge=0)
    outer_radii: float = Field(default=5.0, gt=0)

    @model_validator(mode="after")
    def _edges_grow(self) -> Self:
        if self.outer_radii <= self.inner_radii:
            raise ValueError(
                f"outer_radii must exceed inner_radii, got {self.outer_radii} and "
                f"{self.inner_radii}"
            )
        return self


class TileConfig(Frozen):
    """The tile of EJSEG: bands and a distance channel.

    Attributes:
        side_px: Side to which tiles are resampled.
        distance_mode: Distance to the crater as metres, as crater radii, or as rank within the
            tile.
        log_distance: Whether the first two (and the radius in the metadata) enter as decimal
            logarithm.
    """

    side_px: int = Field(gt=0)
    distance_mode: DistanceMode = "absolute"
    log_distance: bool = True


class SmpConfig(Frozen):
    """EJSEG on tiles: an smp network with the metadata vector injected after its encoder.

    Attributes:
        name: Architecture in smp.
        encoder: Encoder in smp.
        encoder_depth: Stages of the encoder; None takes the architecture's own default.
        decoder_channels: Channels of the decoder's stages; None takes the default.
        decoder_attention: Squeeze and excitation in the decoder, which U-Nets alone know.
        pretrained: Where the encoder starts from; None starts at random.
        injection: The metadata vector; None leaves it out.
        tile: The tile it looks at.
    """

    kind: Literal["smp"] = "smp"
    name: SegmentationName
    encoder: str
    encoder_depth: int | None = Field(default=None, ge=3, le=5)
    decoder_channels: tuple[int, ...] | None = None
    decoder_attention: Literal["scse"] | None = None
    pretrained: PretrainedConfig | None = None
    injection: InjectionConfig | None = InjectionConfig()
    tile: TileConfig

    @model_validator(mode="after")
    def _knows_attention(self) -> Self:
        if self.decoder_attention is not None and self.name not in WITH_DECODER_ATTENTION:
            raise ValueError(
                f"{self.name} knows no decoder_attention; leave it out or take "
                f"{' or '.join(WITH_DECODER_ATTENTION)}"
            )
        return self

    @property
    def smp_options(self) -> dict[str, Any]:
        """What smp is told of encoder and decoder beside their names; its defaults are left out."""
        options = {
            "encoder_depth": self.encoder_depth,
            "decoder_channels": self.decoder_channels and list(self.decoder_channels),
            "decoder_attention_type": self.decoder_attention,
        }
        return {name: value for name, value in options.items() if value is not None}


Architecture = Annotated[
    TimmClassifierConfig | SmpConfig | PolarUnetConfig, Field(discriminator="kind")
]
Augmentation = Annotated[
    NoAugmentationConfig | TileAugmentationConfig | PolarAugmentationConfig,
    Field(discriminator="kind"),
]


class EnsembleConfig(Frozen):
    """How many draws of the training samples are trained, and when they connect a tile.

    Attributes:
        iterations: Members.
        vote_threshold: Least share of members that must say "connected" (or "ejecta").
    """

    iterations: int = Field(default=1, gt=0)
    vote_threshold: float = Field(default=0.5, gt=0, le=1)


class ModelConfig(Frozen):
    """Everything that decides what a model becomes, apart from its samples and its seed.

    Attributes:
        name: What it is called.
        bands: Number of bands of the mosaics that it sees.
        reads: What these bands mean. None in a preset, whose training decides, and in bundles that
            were trained before models said so.
    """

    name: str = Field(min_length=1)
    bands: int = Field(default=3, ge=1, le=MOST_BANDS)
    # Left out where nothing is stated: the digests of older bundles are over text without it.
    reads: Reads | None = Field(default=None, exclude_if=lambda value: value is None)
    architecture: Architecture
    normalization: NormalizationConfig = TrainNormalizationConfig()
    augmentation: Augmentation = NoAugmentationConfig()
    loss: Loss
    optimizer: Optimizer
    scheduler: Scheduler = ConstantConfig()
    warmup: WarmupConfig | None = None
    sampling: Sampling = ShuffleSamplingConfig()
    training: TrainingConfig
    ensemble: EnsembleConfig = EnsembleConfig()

    @model_validator(mode="after")
    def _one_rise(self) -> Self:
        if self.warmup is not None and isinstance(self.scheduler, OneCycleConfig):
            raise ValueError(
                "one_cycle rises by itself; leave out warmup or take another scheduler"
            )
        return self

    @model_validator(mode="after")
    def _ranges_are_rows(self) -> Self:
        if not isinstance(self.loss, RangeDiceBceLossConfig):
            return self
        network = self.architecture
        rows = network.view.rows if isinstance(network, PolarUnetConfig) else 0
        if not rows or rows % self.loss.ranges:
            raise ValueError(
                "range_dice_bce counts by distance: its ranges must divide the rows of a polar "
                f"view; got {self.loss.ranges} ranges and {rows or 'no'} such rows"
            )
        return self

    @model_validator(mode="after")
    def _reads_its_bands(self) -> Self:
        if self.reads is not None and count_of(self.reads) != self.bands:
            raise ValueError(
                f"reads {words_of(self.reads)} is {count_of(self.reads)} band(s), but bands is "
                f"{self.bands}"
            )
        return self

    @property
    def in_channels(self) -> int:
        """Channels of the network's input."""
        match self.architecture:
            case TimmClassifierConfig() | SmpConfig():
                return self.bands + 1
            case PolarUnetConfig():
                # Each band twice and the four of geometry, see ejmap_ml.ejseg.polar_view.
                return 2 * self.bands + 4
            case _:
                assert_never(self.architecture)

    @property
    def metadata_size(self) -> int:
        """Length of the metadata vector; 0 when none is injected."""
        match self.architecture:
            case SmpConfig(injection=InjectionConfig(), tile=tile):
                return self.bands + (tile.distance_mode == "absolute")
            case _:
                return 0

    @property
    def is_polar(self) -> bool:
        """Whether it looks at polar views, which hold a whole crater, and not at tiles."""
        return isinstance(self.architecture, PolarUnetConfig)

    @property
    def reads_words(self) -> str:
        """What it reads, in words; the number of bands where it does not say so."""
        return f"{self.bands} band(s)" if self.reads is None else words_of(self.reads)

    def reading(self, reads: Reads) -> Self:
        """Return the same model for mosaics of other bands."""
        return self.model_validate({**self.model_dump(), "bands": count_of(reads), "reads": reads})


def preset_names() -> tuple[str, ...]:
    """Return the names of the packaged presets in alphabetical order."""
    return packaged_presets("ejmap_ml.config")


def load_preset(name: str) -> ModelConfig:
    """Return a packaged preset, or the one in the YAML file that ``name`` is the path of.

    Raises:
        ConfigError: There is no such preset, or the file is no valid model configuration.
    """
    return read_preset(
        ModelConfig, name, package="ejmap_ml.config", noun="preset", what="model configuration"
    )


def to_yaml(config: ModelConfig) -> str:
    """Return the text of a preset file that gives ``config`` again, every default written out."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
