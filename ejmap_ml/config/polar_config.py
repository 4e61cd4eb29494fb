"""Configuration of the polar EJSEG: the view it looks at and the network that looks."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from ejmap_ml.config.frozen import Frozen

# What grey levels are measured by: the spread of the whole view, or that of the ring at a range.
ViewScaling = Literal["view", "ring"]
LONGEST_STREAK_ROWS = 40.0


class PolarViewConfig(Frozen):
    """How the surroundings of a crater become an image of azimuth by log-range.

    Attributes:
        rows: Range bins.
        cols: Azimuth bins.
        inner_radii: Inner edge of the view in crater radii.
        outer_radii: Outer edge of the view in crater radii.
        offset_radii: Offset inside the logarithm of range, in crater radii.
        range_samples: Sample points a cell along range.
        azimuth_samples: Sample points a cell along azimuth.
        scaling: What grey levels are measured by.
    """

    rows: int = Field(default=160, gt=0)
    cols: int = Field(default=768, gt=0)
    inner_radii: float = Field(default=0.9, gt=0)
    outer_radii: float = Field(default=80.0, gt=0)
    offset_radii: float = Field(default=3.0, ge=0)
    range_samples: int = Field(default=3, gt=0)
    azimuth_samples: int = Field(default=2, gt=0)
    # Left out where it is the first way: the digests of older bundles are over text without it.
    scaling: ViewScaling = Field(default="view", exclude_if=lambda value: value == "view")

    @model_validator(mode="after")
    def _ranges_grow(self) -> Self:
        if self.outer_radii <= self.inner_radii:
            raise ValueError(
                f"outer_radii must exceed inner_radii, got {self.outer_radii} and "
                f"{self.inner_radii}"
            )
        return self


class PolarUnetConfig(Frozen):
    """A small U-Net that goes round in azimuth.

    Attributes:
        base_channels: Channels of the first stage; they double a stage, to at most eight times.
        depth: Number of halvings between the first and the deepest stage.
        stem: Side of the blocks of cells that enter the first stage as channels.
        dropout: Share of the deepest features dropped in training.
        streak_rows: Standard deviations, in rows, over which the bands are also averaged along
            range before they enter: a thin ray is faint in each of its cells and clear in many.
        view: The view the network is made for.
    """

    kind: Literal["polar_unet"] = "polar_unet"
    base_channels: int = Field(default=24, gt=0)
    depth: int = Field(default=4, ge=1, le=6)
    stem: int = Field(default=2, ge=1)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    # Left out where there is none: the digests of older bundles are over text without it.
    streak_rows: tuple[float, ...] = Field(default=(), exclude_if=lambda value: not value)
    view: PolarViewConfig = PolarViewConfig()

    @model_validator(mode="after")
    def _view_divides(self) -> Self:
        step = self.stem * 2**self.depth
        if self.view.rows % step or self.view.cols % step:
            raise ValueError(
                f"rows and cols of the view must be multiples of {step} (stem x 2^depth), got "
                f"{self.view.rows} and {self.view.cols}"
            )
        return self

    @field_validator("streak_rows")
    @classmethod
    def _streaks_are_long(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0.5 <= rows <= LONGEST_STREAK_ROWS for rows in value):
            raise ValueError(
                f"streak_rows must lie between 0.5 and {LONGEST_STREAK_ROWS:g} rows, got {value}"
            )
        return value


class PolarAugmentationConfig(Frozen):
    """Turn and mirror views at random; optionally change how they were imaged.

    The amounts are in robust standard deviations of the view.

    Attributes:
        photometric: Change gain, level, shading and texture of the bands too: for models that are
            to read mosaics of another making.
        gain: Lowest and highest factor of contrast.
        level_sigma: Spread of the change of level.
        shading_sigma: Spread of the amplitude of a slow shading over azimuth.
        texture_sigma: Largest strength of smooth random texture.
    """

    kind: Literal["polar"] = "polar"
    photometric: bool = False
    gain: tuple[float, float] = (0.6, 1.5)
    level_sigma: float = Field(default=0.3, ge=0)
    shading_sigma: float = Field(default=0.4, ge=0)
    texture_sigma: float = Field(default=0.5, ge=0)

    @model_validator(mode="after")
    def _gain_is_a_range(self) -> Self:
        low, high = self.gain
        if not 0 < low <= high:
            raise ValueError(f"gain must satisfy 0 < lowest <= highest, got {low} and {high}")
        return self
