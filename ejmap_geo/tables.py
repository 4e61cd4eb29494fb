"""Schemas of the tables that pass between steps; Dagster shows and checks them as well.

Tables are written by our own code, so a violation is a bug or a file changed by hand. What a user
brings is read by :mod:`ejmap_geo.craters`, which answers in sentences.
"""

import pandera.pandas as pa
from pandera.typing import Series

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


# Planets that are not mapped are called by their seed; the one that is mapped is ``own``.
PLANET_NAME = r"^(own|planet_\d+)$"
TEST_COLUMN = r"^test_\d+$"
COUNT_COLUMN = r"^(scale\d+_)?(ceiling_)?(true|false)_(positive|negative)$"


class LabelledTileTable(pa.DataFrameModel):
    """What every crater's ejecta are known to be in every tile location of a planet.

    A rectangle of the basemap, whose columns may run on past the last one, and the largest square
    of the crater's azimuthal raster in it: ``side_px`` is 0 where there is none, and then counts
    are those of the rectangle. ``split_class`` is ``connected * 5 + distance class``, and -1 where
    the tile is not used.
    """

    class Config(pa.DataFrameModel.Config):
        """A tile is known by its planet, its crater and its location."""

        unique = ["planet", "crater_id", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    planet: str = pa.Field(str_matches=PLANET_NAME)
    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID)
    tile_id: int = pa.Field(ge=0)
    basemap_row: int = pa.Field(ge=0)
    basemap_col: int = pa.Field(ge=0)
    basemap_height_px: int = pa.Field(gt=0)
    basemap_width_px: int = pa.Field(gt=0)
    row: int
    col: int
    side_px: int = pa.Field(ge=0)
    distance_m: float = pa.Field(ge=0)
    ejecta_px: int = pa.Field(ge=0)
    any_ejecta_px: int = pa.Field(ge=0)
    split_class: int = pa.Field(ge=-1, lt=10)


class SplitTable(pa.DataFrameModel):
    """Which labelled tiles train or validate (0) and which test (1) in each split; below 0 neither.

    One column ``test_NUMBER`` a split.
    """

    class Config(pa.DataFrameModel.Config):
        """A tile is known by its planet, its crater and its location."""

        unique = ["planet", "crater_id", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    planet: str = pa.Field(str_matches=PLANET_NAME)
    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID)
    tile_id: int = pa.Field(ge=0)
    test: Series[pa.Int8] | None = pa.Field(alias=TEST_COLUMN, regex=True, le=1)


class SplitIndex(pa.DataFrameModel):
    """The splits: how each was drawn and how many tiles and locations it trains and tests on."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened."""

        coerce = True

    split: int = pa.Field(ge=0, unique=True)
    kind: str = pa.Field(isin=["random", "learning_curve", "published"])
    locations: int = pa.Field(ge=0)
    train_tiles: int = pa.Field(ge=0)
    test_tiles: int = pa.Field(ge=0)


class TileScoreTable(pa.DataFrameModel):
    """How well the map agrees with known ejecta in each labelled tile, in pixels of the basemap.

    Besides the columns below: counts of a segmentation without mistakes (``ceiling_``) and of masks
    that were smoothed first (``scale9_`` for a filter of 9 px).
    """

    class Config(pa.DataFrameModel.Config):
        """A labelled tile is known by its crater and its location."""

        unique = ["crater_id", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID)
    tile_id: int = pa.Field(ge=0)
    is_test: bool
    is_ejecta_true: bool
    is_ejecta_found: bool
    is_connected_found: bool
    count: int = pa.Field(alias=COUNT_COLUMN, regex=True, ge=0)
