"""Settings of what is measured of the map."""

from pathlib import Path

from pydantic import Field, field_validator, model_validator

from ejmap_ml.config.bands import BandName
from ejmap_project.settings.sources import Settings


class AnalysisSettings(Settings):
    """What is measured of the map.

    Attributes:
        exclusion_buffer_km: Ground so near to ejecta is left out of the areas for counting craters,
            kilometres along great circles.
        counted_craters: Table of small craters that the user counted, from which model ages of
            ejecta follow; None counts none.
        counted_from_km: Diameter from which they are complete; None takes the smallest of them.
        chronology: Model of crater production and chronology, by a name of ``craterstats``; None
            takes the usual one of the body.
    """

    exclusion_buffer_km: float = Field(default=10.0, ge=0, le=1000)
    counted_craters: Path | None = None
    counted_from_km: float | None = Field(default=None, gt=0)
    chronology: str | None = Field(default=None, min_length=1)


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
