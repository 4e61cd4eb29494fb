"""Schemas of the tables that pass between steps; Dagster shows and checks them as well.

Tables are written by our own code, so a violation is a bug or a file changed by hand. What a user
brings is read by :mod:`ejmap_geo.craters`, which answers in sentences.
"""

import pandera.pandas as pa

from ejmap_geo.crater_table import LARGEST_CRATER_ID, SMALLEST_RADIUS_M


class CraterTable(pa.DataFrameModel):
    """The catalogue of craters, one row each; the geometry is the centre or the rim."""

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID, unique=True)
    name: str
    lon_deg: float = pa.Field(ge=-180, lt=180)
    lat_deg: float = pa.Field(ge=-90, le=90)
    radius_m: float = pa.Field(ge=SMALLEST_RADIUS_M)
    labelled: bool
    reach_m: float = pa.Field(gt=0, nullable=True)


class TileTable(pa.DataFrameModel):
    """Square tiles of azimuthal rasters, in pixels from the upper left corner of each raster."""

    class Config(pa.DataFrameModel.Config):
        """A tile is known by its crater, its kind and its number; narrow types are widened."""

        unique = ["crater_id", "kind", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID)
    tile_id: int = pa.Field(ge=0)
    row: int
    col: int
    side_px: int = pa.Field(gt=0)
    distance_m: float = pa.Field(ge=0)
    kind: str = pa.Field(isin=["labelled", "mapping"])


class ConnectionTable(pa.DataFrameModel):
    """What EJCONN says of each mapping tile: whether it holds ejecta of the crater."""

    class Config(pa.DataFrameModel.Config):
        """A mapping tile is known by its crater and its number; narrow types are widened."""

        unique = ["crater_id", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID)
    tile_id: int = pa.Field(ge=0)
    probability: float = pa.Field(ge=0, le=1)
    vote_fraction: float = pa.Field(ge=0, le=1)
    is_connected: bool
