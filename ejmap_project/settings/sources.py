"""Where mosaic, craters and known ejecta come from, as settings."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

PUBLISHED_DOI = "10.5281/zenodo.18787894"


class Settings(BaseModel):
    """A part of a project's settings: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SyntheticSource(Settings):
    """A demo planet, made from a seed, whose true ejecta are known.

    Attributes:
        seed: Number that the planet is made from.
        width_px: Columns of the mosaic; rows are half as many.
        craters: Fresh craters in the catalogue.
        grey: One band instead of three.
    """

    kind: Literal["synthetic"] = "synthetic"
    seed: int = Field(ge=0)
    width_px: int = Field(default=2048, ge=64, multiple_of=2)
    craters: int = Field(default=24, ge=1)
    grey: bool = False


class QuicklookSource(Settings):
    """The real Mercury in grey, with craters that the IAU named.

    Attributes:
        only_rayed: Leave out craters without visible rays.
    """

    kind: Literal["mercury-quicklook"] = "mercury-quicklook"
    only_rayed: bool = True


class FilesSource(Settings):
    """Files of the user; relative paths count from the project folder.

    Attributes:
        mosaic: GeoTIFF (or anything else that GDAL reads) of the whole planet.
        craters: GeoPackage, Shapefile, GeoParquet or CSV.
        masks: Folder with one mask of known ejecta a crater, ``mask_NNNN.tif`` by crater id.
        tiles: Table of rectangles in which a person mapped the ejecta of every labelled crater;
            without it masks are taken to be known everywhere.
        west_positive: Whether the column ``lon_deg`` of the crater table grows to the west.
        value_range: Values of the mosaic that are black and white; needed unless it is 8-bit.
    """

    kind: Literal["files"] = "files"
    mosaic: Path
    craters: Path
    masks: Path | None = None
    tiles: Path | None = None
    west_positive: bool = False
    value_range: tuple[float, float] | None = None

    @field_validator("value_range")
    @classmethod
    def _is_ordered(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not value[0] < value[1]:
            raise ValueError("must be [low, high] with low < high")
        return value


class EjmapFolderSource(Settings):
    """A published EJMAP folder (``data/`` and ``results/``), or any part of one.

    Attributes:
        folder: The folder; it is read and never changed.
        doi: Where it was published, kept as provenance.
        mosaic: Mosaic to take instead of the folder's.
        tables: Folder of the hyperparameter tables that its versions are named in.
        connections: ``VERSION/SPLIT`` of published connections that are used instead of EJCONN's
            predictions.
        masks_run: Run of published output masks that are used instead of our own.
    """

    kind: Literal["ejmap-folder"] = "ejmap-folder"
    folder: Path
    doi: str = PUBLISHED_DOI
    mosaic: Path | None = None
    tables: Path | None = None
    connections: str | None = Field(default=None, pattern=r"^\d+/\d+$")
    masks_run: str | None = Field(default=None, min_length=1)


Source = SyntheticSource | QuicklookSource | FilesSource | EjmapFolderSource
