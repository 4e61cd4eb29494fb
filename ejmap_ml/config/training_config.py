"""How a model is trained, as typed values: from its loss to the order of its samples."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ejmap_ml.config.frozen import Frozen

Precision = Literal["auto", "32-true", "16-mixed", "bf16-mixed"]
ValidationMetric = Literal["f1", "iou", "precision", "recall", "accuracy"]


class DiceLossConfig(Frozen):
    """One minus the Dice score of the whole batch."""

    kind: Literal["dice"] = "dice"


class JaccardLossConfig(Frozen):
    """One minus the intersection over union of the whole batch."""

    kind: Literal["jaccard"] = "jaccard"


class BceLossConfig(Frozen):
    """Mean binary cross-entropy; ``positive_weight`` multiplies the positive class."""

    kind: Literal["bce"] = "bce"
    positive_weight: float = Field(default=1.0, gt=0)


class DiceBceLossConfig(Frozen):
    """``dice_share`` of the Dice loss plus the rest of binary cross-entropy."""

    kind: Literal["dice_bce"] = "dice_bce"
    dice_share: float = Field(default=0.5, gt=0, lt=1)


class RangeDiceBceLossConfig(Frozen):
    """As ``dice_bce``, with a Dice loss of its own for every sample and every range of distance.

    Over a whole batch, blankets decide the Dice loss, and thin rays far out hardly count.

    Attributes:
        dice_share: Share of the Dice losses.
        ranges: Number of blocks of rows, which must divide the rows of a view.
        floor_share: Share of a mean block's weight that is added below the fraction, so that a
            block with a few cells of ejecta does not count like one that is full of them.
    """

    kind: Literal["range_dice_bce"] = "range_dice_bce"
    dice_share: float = Field(default=0.5, gt=0, lt=1)
    ranges: int = Field(default=8, gt=1)
    floor_share: float = Field(default=0.004, gt=0)


class FocalLossConfig(Frozen):
    """Cross-entropy with easy samples faded out.

    Attributes:
        alpha: Weight of the positive class; the negative class has one minus it. None weighs both
            alike, by one.
        gamma: Power of the fading.
        normalized: Divide by the sum of the fading factors, which keeps the gradient's size.
    """

    kind: Literal["focal"] = "focal"
    alpha: float | None = Field(default=0.25, gt=0, lt=1)
    gamma: float = Field(default=2.0, ge=0)
    normalized: bool = False


Loss = Annotated[
    DiceLossConfig
    | JaccardLossConfig
    | BceLossConfig
    | DiceBceLossConfig
    | RangeDiceBceLossConfig
    | FocalLossConfig,
    Field(discriminator="kind"),
]


class AdamConfig(Frozen):
    """Adam; weight decay enters the gradient."""

    kind: Literal["adam"] = "adam"
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(default=0.0, ge=0)


class AdamWConfig(Frozen):
    """AdamW; weight decay shrinks the weights directly."""

    kind: Literal["adamw"] = "adamw"
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(default=0.01, ge=0)


class SgdConfig(Frozen):
    """Stochastic gradient descent; weight decay enters the gradient."""

    kind: Literal["sgd"] = "sgd"
    learning_rate: float = Field(gt=0)
    momentum: float = Field(default=0.0, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0)


Optimizer = Annotated[AdamConfig | AdamWConfig | SgdConfig, Field(discriminator="kind")]


class ConstantConfig(Frozen):
    """Keep the learning rate."""

    kind: Literal["constant"] = "constant"


class StepConfig(Frozen):
    """Multiply the learning rate by ``gamma`` every ``step_epochs`` epochs."""

    kind: Literal["step"] = "step"
    step_epochs: int = Field(gt=0)
    gamma: float = Field(gt=0, le=1)


class CosineConfig(Frozen):
    """Let the learning rate fall to ``minimum`` along half a cosine of ``period_epochs``."""

    kind: Literal["cosine"] = "cosine"
    period_epochs: int = Field(gt=0)
    minimum: float = Field(default=0.0, ge=0)


class CosineRestartsConfig(Frozen):
    """Cosine annealing that starts anew after ``period_epochs``, then ``growth`` times as many."""

    kind: Literal["cosine_restarts"] = "cosine_restarts"
    period_epochs: int = Field(gt=0)
    growth: int = Field(default=1, ge=1)
    minimum: float = Field(default=0.0, ge=0)


class OneCycleConfig(Frozen):
    """Rise to the learning rate over ``rise_share`` of all steps, then fall to nearly nothing."""

    kind: Literal["one_cycle"] = "one_cycle"
    rise_share: float = Field(default=0.3, gt=0, lt=1)


Scheduler = Annotated[
    ConstantConfig | StepConfig | CosineConfig | CosineRestartsConfig | OneCycleConfig,
    Field(discriminator="kind"),
]


class WarmupConfig(Frozen):
    """Rise linearly from ``start`` times the learning rate over the first ``epochs``."""

    epochs: int = Field(gt=0)
    start: float = Field(default=0.01, gt=0, lt=1)


class NoAugmentationConfig(Frozen):
    """Train on the samples as they are."""

    kind: Literal["none"] = "none"


class TileAugmentationConfig(Frozen):
    """Change samples at random; image, mask and weights always move together.

    Attributes:
        flips: Mirror rows and columns, each for one sample in two.
        quarter_turns: Turn square samples by a random multiple of 90 degrees. Off for mosaics with
            directional light.
        photometric: Most photometric changes a sample; 0 to that many of sigmoid contrast (gain
            2-7, cutoff 0.3-0.6), brightness (x0.8-1.2, +-20) and Gaussian blur (sigma 0-2 px) are
            applied to its bands.
    """

    kind: Literal["tile"] = "tile"
    flips: bool = True
    quarter_turns: bool = False
    photometric: int = Field(default=0, ge=0, le=3)


class ShuffleSamplingConfig(Frozen):
    """Train on every sample once an epoch, in random order."""

    kind: Literal["shuffle"] = "shuffle"


class UniformSamplingConfig(Frozen):
    """Draw as many samples an epoch as there are, with replacement, all equally likely."""

    kind: Literal["uniform"] = "uniform"


class EjectaSamplingConfig(Frozen):
    """Draw with replacement; tiles come the more often the more of their ejecta is of others.

    Of the tiles with ejecta of their crater, the weight grows with x = ejecta pixels of any crater
    a pixel of this crater's own.

    Attributes:
        factor: Weight that is approached where own ejecta are few, and that of tiles with ejecta of
            other craters alone (published: ``num_1_factor``).
        ratio_95: x at which 95 % of ``factor`` are reached (published: ``num_1_point95``).
    """

    kind: Literal["ejecta"] = "ejecta"
    factor: float = Field(gt=0)
    ratio_95: float = Field(default=10.0, gt=0)


class ConnectionSamplingConfig(Frozen):
    """Draw with replacement; connected tiles against the others, far ones against near ones.

    Attributes:
        balance_connection: Connected and unconnected tiles come equally often (published:
            ``connection_weights``).
        weigh_distance: Connected tiles come in proportion to their distance and unconnected ones in
            inverse proportion to it, so that what is rare is seen (``distance_weights``).
    """

    kind: Literal["connection"] = "connection"
    balance_connection: bool = True
    weigh_distance: bool = False

    @model_validator(mode="after")
    def _weighs(self) -> Self:
        if not (self.balance_connection or self.weigh_distance):
            raise ValueError(
                "sampling by connection with neither weight is uniform; take kind: uniform"
            )
        return self


Sampling = Annotated[
    ShuffleSamplingConfig | UniformSamplingConfig | EjectaSamplingConfig | ConnectionSamplingConfig,
    Field(discriminator="kind"),
]


class TrainingConfig(Frozen):
    """How long and in which portions a model is trained.

    Attributes:
        batch_size: Samples a step.
        max_epochs: Most passes over the training samples; None when ``max_steps`` is given.
        max_steps: Most optimizer steps; None when ``max_epochs`` is given.
        validation_metric: Score of the validation samples that decides which weights are best and
            when to stop; the higher the better.
        patience: Validations without a better score after which training stops; None trains on.
        validate_every_epochs: Epochs from one validation (and checkpoint) to the next.
        validation_fraction: Share of the training samples drawn for validation.
        drop_incomplete_batch: Leave out the last batch of an epoch when it is not full.
        gradient_clip: Largest norm of the gradient; None does not clip.
        precision: "auto" is bf16-mixed where the processor multiplies bfloat16; else 16-mixed on a
            GPU and 32-true on a CPU.
        starts_from: Key of the version whose weights the training starts from, member by member;
            None starts at random, or from pretrained encoders.
        keeps_statistics: Leave the statistics of batch normalization as they were at the start: a
            few samples would replace those of many within some dozen steps.
    """

    batch_size: int = Field(gt=0)
    max_epochs: int | None = Field(default=None, gt=0)
    max_steps: int | None = Field(default=None, gt=0)
    validation_metric: ValidationMetric = "f1"
    patience: int | None = Field(default=None, gt=0)
    validate_every_epochs: int = Field(default=1, gt=0)
    validation_fraction: float = Field(default=0.1, ge=0, lt=1)
    drop_incomplete_batch: bool = False
    gradient_clip: float | None = Field(default=None, gt=0)
    precision: Precision = "auto"
    # Left out where they say nothing: the digests of older bundles are over text without them.
    starts_from: str | None = Field(default=None, exclude_if=lambda value: value is None)
    keeps_statistics: bool = Field(default=False, exclude_if=lambda value: not value)

    @model_validator(mode="after")
    def _one_duration(self) -> Self:
        if (self.max_epochs is None) == (self.max_steps is None):
            raise ValueError(
                f"give either max_epochs or max_steps, got {self.max_epochs} and {self.max_steps}"
            )
        return self
