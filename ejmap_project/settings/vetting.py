"""How the crater catalogue is vetted, as settings."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from ejmap_project.settings.sources import Settings


class VettingSettings(Settings):
    """What tells craters of the catalogue from other ground, and what follows from a low score.

    Attributes:
        light_azimuth_deg: Where the light comes from in the mosaic, clockwise from north, the same
            everywhere; null for an albedo mosaic, or when it differs from place to place.
        craters: Table of craters to learn from; without it those of the catalogue are.
        west_positive: Whether the column ``lon_deg`` of that table grows to the west.
        pictures: Folder of pictures to learn from instead, a sub-folder a class.
        pictures_light_from_deg: Where the light comes from in all pictures, clockwise from their
            upper edge; null when it is not known.
        crater_class: The sub-folder that holds the craters.
        any_light: Learn and judge although the lights differ; the scores are then hardly better
            than chance.
        preset: Preset, or YAML file, of the classifier; none takes one that fits the light.
        side_diameters: Side of a tile in crater diameters.
        most_craters: Craters to learn from, at most; they are drawn from the table.
        doubtful_below: Score below which an entry of the catalogue is doubtful.
        hold_back: Leave doubtful craters, and those not judged yet, unmapped and off the map.
        accepted: Names or ids of craters that are mapped whatever their score.
        seed: Number that places, draws and training come from.
    """

    light_azimuth_deg: float | None = Field(ge=-360, le=360)
    craters: Path | None = None
    west_positive: bool = False
    pictures: Path | None = None
    pictures_light_from_deg: float | None = Field(default=None, ge=-360, le=360)
    crater_class: str = "crater"
    any_light: bool = False
    preset: str | None = None
    side_diameters: float = Field(default=2.2, ge=1, le=10)
    most_craters: int = Field(default=2000, ge=5, le=100_000)
    doubtful_below: float = Field(default=0.2, gt=0, lt=1)
    hold_back: bool = False
    accepted: tuple[str | int, ...] = ()
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _learns_from_one(self) -> Self:
        if self.craters is not None and self.pictures is not None:
            raise ValueError(
                "vetting learns from craters or from pictures, not from both; remove "
                "vetting.craters or vetting.pictures"
            )
        return self

    def accepts(self, *, crater_id: int, name: str) -> bool:
        """Return whether a person vouches for a crater."""
        called = {crater_id, str(crater_id), f"{crater_id:04d}", name} - {""}
        return bool(called & {*self.accepted})
