"""Schemas of the tables of the catalogue's vetting."""

import pandera.pandas as pa

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.craters.schemas import CraterTable
from ejmap_project.vetting.vetting_tiles import IS_CRATER, KINDS, NO_CRATER_ID, NOT_KNOWN

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
