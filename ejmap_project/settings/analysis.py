"""Settings of what is measured of the map."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from ejmap_ml.config.bands import BandName
from ejmap_project.settings.sources import Settings


class MapVariant(Settings):
    """A map that other members or connections make, scored beside the project's own.

    Attributes:
        name: How tables call it.
        ejseg: Version of EJSEG, such as ``ejseg_v200@61``; None takes the one that maps the
            craters.
        members: ``all`` of its members together, the ``best`` on validation tiles alone, or the
            number of one.
        connections: Tiles that a tile EJSEG predicts: those ``used`` in the project, all of them
            with connections ``ignored``, or ``VERSION/SPLIT`` of published connections.
    """

    name: str = Field(min_length=1, max_length=60)
    ejseg: str | None = Field(default=None, min_length=1)
    members: Literal["all", "best"] | int = "all"
    connections: str = Field(default="used", pattern=r"^(used|ignored|\d+/\d+)$")


class AnalysisSettings(Settings):
    """What is measured of the map.

    Attributes:
        exclusion_buffer_km: Ground so near to ejecta is left out of the areas for counting craters,
            kilometres along great circles.
        manual_maps: Whole manual maps to compare the masks with: a folder of ``mask_NNNN.tif`` by
            crater id, or a raster of crater ids. None takes those of a published folder, else the
            known ejecta where they are known everywhere.
        maps: Variants of the map that are scored beside it in labelled tiles.
        counted_craters: Table of small craters that the user counted, with ``lon_deg``,
            ``lat_deg`` and ``diameter_km``, from which model ages of ejecta follow; None counts
            none.
        counted_from_km: Diameter from which they are complete; None takes the smallest of them.
        chronology: Model of crater production and chronology, by a name of ``craterstats``; None
            takes the usual one of the body.
    """

    exclusion_buffer_km: float = Field(default=10.0, ge=0, le=1000)
    manual_maps: Path | None = None
    maps: tuple[MapVariant, ...] = ()
    counted_craters: Path | None = None
    counted_from_km: float | None = Field(default=None, gt=0)
    chronology: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [one.name for one in self.maps]
        if len(set(names)) < len(names):
            twice = next(one for one in names if names.count(one) > 1)
            raise ValueError(f"maps has two variants called {twice}; give each its own name")
        return self


class RasterSettings(Settings):
    """A raster of the user that is summarised on ejecta and beside them.

    Attributes:
        file: The raster: any bands, any resolution, on the body.
        bands: Names of its bands; empty takes those of the file, or their numbers.
    """

    file: Path
    bands: tuple[BandName, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _is_a_file_or_more(cls, stated: object) -> object:
        """Take ``name: FILE`` for ``name: {file: FILE}``."""
        return {"file": stated} if isinstance(stated, str | Path) else stated

    @field_validator("bands")
    @classmethod
    def _are_different(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len({*names}) < len(names):
            raise ValueError(f"must be different names of bands, found {', '.join(names)}")
        return names
