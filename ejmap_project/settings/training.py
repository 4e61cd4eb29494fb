"""What models learn from and how it is split, as settings."""

from typing import Literal

from pydantic import Field, field_validator

from ejmap_project.settings.sources import Settings


class SyntheticTraining(Settings):
    """Demo planets to learn from.

    Attributes:
        seeds: One planet each.
        width_px: Columns of each mosaic.
        craters: Fresh craters of each planet.
        giants: How many of the craters have rays that run up to 80 crater radii.
        giant_ray_width: Factor on the width of those rays; thin far rays, as on the real Mercury,
            are learned from planets that have them.
        visible_intensity: Share of full fresh brightness down to which ejecta are labelled.
        grey: One band instead of three; must fit the mosaic that is mapped.
    """

    kind: Literal["synthetic"] = "synthetic"
    seeds: tuple[int, ...] = Field(min_length=1)
    width_px: int = Field(default=2048, ge=64, multiple_of=2)
    craters: int = Field(default=24, ge=1)
    giants: int = Field(default=1, ge=0)
    giant_ray_width: float = Field(default=1.0, gt=0)
    visible_intensity: float = Field(default=0.15, gt=0, lt=1)
    grey: bool = False

    @field_validator("seeds")
    @classmethod
    def _differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds) or min(seeds) < 0:
            raise ValueError("must be different whole numbers from 0 on")
        return seeds


class OwnMasks(Settings):
    """The user's masks of labelled craters to learn from."""

    kind: Literal["own-masks"] = "own-masks"


class SplitSettings(Settings):
    """Which labelled tiles test and which train.

    Attributes:
        count: Random splits into train-validation and test tiles, numbered from 0.
        test_fraction: Share of the tiles that test.
        learning_curve: Numbers of tile locations; one further split each, which trains on so many
            locations and tests on the same tiles as split 0.
        seed: Number that the splits are drawn from.
        used: Split whose test tiles are held back from training; none trains on all labelled tiles.
    """

    count: int = Field(default=1, ge=0, le=1000)
    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    learning_curve: tuple[int, ...] = ()
    seed: int = Field(default=0, ge=0)
    used: int | None = Field(default=None, ge=0)

    @field_validator("learning_curve")
    @classmethod
    def _grows(cls, locations: tuple[int, ...]) -> tuple[int, ...]:
        if list(locations) != sorted(set(locations)) or any(one < 1 for one in locations):
            raise ValueError("must be rising numbers of tile locations, such as [25, 50, 75]")
        return locations
