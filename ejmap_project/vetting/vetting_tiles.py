"""The tiles by which a catalogue is vetted, as files, and the tables of a vetting."""

from dataclasses import dataclass
from zipfile import BadZipFile

import geopandas as gpd
import numpy as np
import pandera.pandas as pa
from numpy.typing import NDArray

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_geo.craters.schemas import CraterTable
from ejmap_geo.craters.tile_regions import FOLDS, RegionFold
from ejmap_geo.whole_file import whole_file
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table
from ejmap_project.paths import ProjectPaths

CATALOGUE, LISTED, CRATER_FREE, PICTURE = "catalogue", "listed", "crater-free", "picture"
KINDS = (CATALOGUE, LISTED, CRATER_FREE, PICTURE)
IS_CRATER, IS_OTHER, NOT_KNOWN = 1, 0, -1
NO_CRATER_ID = -1
IS_LIKELY, DOUBTFUL, ACCEPTED, NOT_JUDGED = "likely", "doubtful", "accepted", "not judged"
STATUSES = (IS_LIKELY, DOUBTFUL, ACCEPTED, NOT_JUDGED)


class CraterTileTable(pa.DataFrameModel):
    """The tiles by which craters are told from other ground, in the order of the stored tiles."""

    kind: str = pa.Field(isin=KINDS, description="What the tile shows, or where it comes from.")
    label: int = pa.Field(
        ge=NOT_KNOWN, le=IS_CRATER, description="1 crater, 0 other ground, -1 learnt without label."
    )
    crater_id: int = pa.Field(
        ge=NO_CRATER_ID, le=LARGEST_CRATER_ID, description="Number in the catalogue; -1 for others."
    )
    name: str = pa.Field(description="Name of the crater, or of the picture's file.")
    lon_deg: float = pa.Field(nullable=True, description="Longitude of the middle, degrees east.")
    lat_deg: float = pa.Field(nullable=True, description="Latitude of the middle, degrees north.")
    radius_m: float = pa.Field(
        gt=0, nullable=True, description="Radius of the crater, or of one that could be there."
    )
    side_diameters: float = pa.Field(
        nullable=True, description="Side of the tile in crater diameters."
    )
    light_azimuth_deg: float = pa.Field(
        nullable=True,
        description="Where the light came from on the ground, clockwise from north, before the "
        "tile was turned; empty if it is not known.",
    )
    valid_share: float = pa.Field(ge=0, le=1, description="Share of the tile that was imaged.")
    fold: int = pa.Field(ge=0, description="The classifier that is tested with it.")
    trains: bool = pa.Field(
        alias=r"^trains_\d+$", regex=True, description="Whether that classifier learns from it."
    )


class CandidateTable(CraterTable):
    """The catalogue, and how sure a classifier is that its entries are craters."""

    score: float = pa.Field(
        ge=0,
        le=1,
        nullable=True,
        description="How much like a crater it looks to a classifier that learnt from other "
        "regions: a probability where every second place is one; empty if it cannot be judged.",
    )
    status: str = pa.Field(
        isin=STATUSES,
        description="What follows from the score and from vetting.accepted.",
    )
    reason: str = pa.Field(description="Why it cannot be judged; empty if it can.")
    teaches: bool = pa.Field(
        description="Whether classifiers of other regions learnt from it as a crater."
    )
    fold: int = pa.Field(ge=-1, description="The classifier that judged it; -1 for none.")
    light_azimuth_deg: float = pa.Field(
        nullable=True, description="Where the light comes from, clockwise from north."
    )
    classifier: str = pa.Field(description="Version of the classifier.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VettingTiles:
    """Tiles and a row of the table for each.

    Attributes:
        tiles: The tiles, turned to one light.
        table: ``kind``, ``label``, ``crater_id`` of the catalogue, where it lies, the ``fold`` that
            it tests and those that it ``trains_K``; see :class:`CraterTileTable`.
    """

    tiles: LocalTiles
    table: gpd.GeoDataFrame

    @property
    def label(self) -> NDArray[np.int64]:
        """``(tile,)`` 1 crater, 0 other ground, -1 not known."""
        return self.table["label"].to_numpy(np.int64)

    @property
    def folds(self) -> list[RegionFold]:
        """What trains and tests in each fold."""
        fold = self.table["fold"].to_numpy()
        return [
            RegionFold(
                trains=np.flatnonzero(self.table[f"trains_{number}"].to_numpy()),
                tests=np.flatnonzero(fold == number),
            )
            for number in range(FOLDS)
        ]

    def save(self, paths: ProjectPaths) -> None:
        """Write tiles and table; each appears whole or not at all."""
        light_deg = self.tiles.light_from_deg
        with whole_file(paths.crater_tiles) as unfinished:
            np.savez_compressed(
                unfinished,
                values=self.tiles.values,
                valid_share=self.tiles.valid_share,
                light_from_deg=np.float64(np.nan if light_deg is None else light_deg),
            )
        write_table(self.table, paths.crater_tile_table)

    @classmethod
    def load(cls, paths: ProjectPaths) -> "VettingTiles":
        """Read tiles and table.

        Raises:
            StepError: If a file is missing or broken, or they do not belong together.
        """
        try:
            table = gpd.read_parquet(paths.crater_tile_table)
            with np.load(paths.crater_tiles, allow_pickle=False) as stored:
                light_deg = float(stored["light_from_deg"])
                tiles = LocalTiles(
                    values=stored["values"],
                    valid_share=stored["valid_share"],
                    light_from_deg=None if np.isnan(light_deg) else light_deg,
                )
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise StepError(
                f"{paths.crater_tiles} cannot be read ({error}); materialise crater_tiles again"
            ) from error
        if not len(table) == len(tiles.values) == len(tiles.valid_share):
            raise StepError(
                f"{paths.crater_tiles} holds {len(tiles.values)} tiles, its table {len(table)}; "
                "materialise crater_tiles again"
            )
        return cls(tiles=tiles, table=table)
