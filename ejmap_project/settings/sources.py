"""Where mosaic, craters and known ejecta come from, as settings."""

from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

PUBLISHED_DOI = "10.5281/zenodo.18787894"


class Settings(BaseModel):
    """A part of a project's settings: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PublishedResults(NamedTuple):
    """Published results that come with a source, and those that replace the project's own.

    Attributes:
        doi: Where they were published; empty for a source that nobody published.
        connections: ``VERSION/SPLIT`` of the connections that replace EJCONN's predictions.
        masks_run: Run of the output masks that replace the project's own.
    """

    doi: str = ""
    connections: str | None = None
    masks_run: str | None = None


class SourceSettings(Settings):
    """What the settings of a source say without its files; a kind overrides what differs."""

    @property
    def holds_masks(self) -> bool:
        """Whether models can learn from masks of the source."""
        return False

    @property
    def may_be_partial(self) -> bool:
        """Whether any of its files may be missing; the project then does without them."""
        return False

    @property
    def is_known_everywhere(self) -> bool:
        """Whether pixels outside of all masks are known to hold no ejecta, planet-wide."""
        return True

    @property
    def is_grey(self) -> bool | None:
        """Whether the mosaic has one band; None if only its file can tell."""
        return None

    @property
    def planet_seed(self) -> int | None:
        """Seed that the planet is made from; None for a planet that is not made."""
        return None

    @property
    def only_body(self) -> str | None:
        """The one body that the mosaic shows; None if the settings may name any."""
        return None

    @property
    def published(self) -> PublishedResults:
        """What was published with the source."""
        return PublishedResults()


class SyntheticSource(SourceSettings):
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

    @property
    def is_grey(self) -> bool:
        """As stated."""
        return self.grey

    @property
    def planet_seed(self) -> int:
        """As stated."""
        return self.seed


class QuicklookSource(SourceSettings):
    """The real Mercury in grey, with craters that the IAU named.

    Attributes:
        only_rayed: Leave out craters without visible rays.
    """

    kind: Literal["mercury-quicklook"] = "mercury-quicklook"
    only_rayed: bool = True

    @property
    def is_grey(self) -> bool:
        """The image has one band."""
        return True

    @property
    def only_body(self) -> str:
        """The image shows Mercury."""
        return "Mercury"


class FilesSource(SourceSettings):
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

    @property
    def holds_masks(self) -> bool:
        """Whether a folder of masks is named."""
        return self.masks is not None

    @property
    def is_known_everywhere(self) -> bool:
        """Whether no table of rectangles limits what was mapped."""
        return self.tiles is None


class EjmapFolderSource(SourceSettings):
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

    @property
    def holds_masks(self) -> bool:
        """A published folder has a place for them."""
        return True

    @property
    def may_be_partial(self) -> bool:
        """Any part of the folder is enough."""
        return True

    @property
    def is_known_everywhere(self) -> bool:
        """Ejecta were mapped in rectangles."""
        return False

    @property
    def published(self) -> PublishedResults:
        """As stated."""
        return PublishedResults(self.doi, self.connections, self.masks_run)


Source = SyntheticSource | QuicklookSource | FilesSource | EjmapFolderSource
