"""Schemas of the tables that pass between steps; Dagster shows and checks them as well.

Tables are written by our own code, so a violation is a bug or a file changed by hand. What a user
brings is read by :mod:`ejmap_geo.craters.catalogue`, which answers in sentences.
"""

import pandera.pandas as pa
from pandera.typing import Series

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID, SMALLEST_RADIUS_M

OBSERVED_SHARE = (
    "Share of the area within 10 radii, or within its reach if that is less, that was imaged."
)


class CraterTable(pa.DataFrameModel):
    """The catalogue of craters, one row each; the geometry is the centre or the rim."""

    crater_id: int = pa.Field(
        ge=0,
        le=LARGEST_CRATER_ID,
        unique=True,
        description="Number of the crater, also the key of its partition.",
    )
    name: str = pa.Field(description="Name; may be empty.")
    lon_deg: float = pa.Field(ge=-180, lt=180, description="Longitude of the centre, degrees east.")
    lat_deg: float = pa.Field(
        ge=-90, le=90, description="Latitude of the centre, degrees north, planetocentric."
    )
    radius_m: float = pa.Field(ge=SMALLEST_RADIUS_M, description="Radius of the rim, metres.")
    labelled: bool = pa.Field(
        description="Whether its author says that its ejecta were mapped by hand."
    )
    reach_m: float = pa.Field(
        gt=0,
        nullable=True,
        description="How far from the centre it is mapped, metres; empty for the usual reach.",
    )
    observed_share: Series[float] | None = pa.Field(ge=0, le=1, description=OBSERVED_SHARE)


class _TileOfCrater(pa.DataFrameModel):
    """What a tile of one of several craters is known by."""

    class Config(pa.DataFrameModel.Config):
        """A tile is known by its crater and its number; narrow types are widened."""

        unique = ["crater_id", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID, description="Number of the crater.")


class ConnectionTable(_TileOfCrater):
    """What models say of each mapping tile: whether it holds ejecta of the crater."""

    tile_id: int = pa.Field(ge=0, description="Number of the tile.")
    probability: float = pa.Field(
        ge=0,
        le=1,
        description="Probability that it holds ejecta of the crater.",
    )
    vote_fraction: float = pa.Field(
        ge=0, le=1, description="Share of the members that say it does."
    )
    is_connected: bool = pa.Field(description="Whether it is taken to hold some.")


# Planets that are not mapped are called by their seed; the one that is mapped is ``own``.
PLANET_NAME = r"^(own|planet_\d+)$"
TEST_COLUMN = r"^test_\d+$"
COUNT_COLUMN = r"^(scale\d+_)?(ceiling_)?(true|false)_(positive|negative)$"


class _TileOfPlanet(pa.DataFrameModel):
    """What a tile location of one of several planets is known by."""

    class Config(pa.DataFrameModel.Config):
        """A tile is known by its planet, its crater and its location."""

        unique = ["planet", "crater_id", "tile_id"]  # noqa: RUF012, pandera reads a plain list
        coerce = True

    planet: str = pa.Field(
        str_matches=PLANET_NAME,
        description="own for the planet that is mapped, else the training planet.",
    )
    crater_id: int = pa.Field(ge=0, le=LARGEST_CRATER_ID, description="Number of the crater.")


class LabelledTileTable(_TileOfPlanet):
    """What every crater's ejecta are known to be in every tile location of a planet.

    A rectangle of the basemap, whose columns may run on past the last one, and the largest square
    of the crater's azimuthal raster in it: ``side_px`` is 0 where there is none, and then counts
    are those of the rectangle. ``split_class`` is ``connected * 5 + distance class``, and -1 where
    the tile is not used.
    """

    tile_id: int = pa.Field(
        ge=0, description="Number of the location, the same for every crater of a planet."
    )
    basemap_row: int = pa.Field(ge=0, description="First row on the mosaic, pixels.")
    basemap_col: int = pa.Field(ge=0, description="First column on the mosaic, pixels.")
    basemap_height_px: int = pa.Field(gt=0, description="Rows on the mosaic.")
    basemap_width_px: int = pa.Field(
        gt=0, description="Columns on the mosaic; may run on past the last one."
    )
    row: int = pa.Field(description="First row of the square on the azimuthal raster, pixels.")
    col: int = pa.Field(description="First column of the square, pixels.")
    side_px: int = pa.Field(ge=0, description="Side of the square, pixels; 0 where there is none.")
    distance_m: float = pa.Field(
        ge=0, description="Distance of the location from the centre of the crater, metres."
    )
    ejecta_px: int = pa.Field(ge=0, description="Pixels with ejecta of this crater.")
    any_ejecta_px: int = pa.Field(ge=0, description="Pixels with ejecta of any crater.")
    split_class: int = pa.Field(
        ge=-1, lt=10, description="connected * 5 + class of distance; below 0 the tile is not used."
    )


class SplitTable(_TileOfPlanet):
    """Which labelled tiles train or validate (0) and which test (1) in each split; below 0 neither.

    One column ``test_NUMBER`` a split.
    """

    tile_id: int = pa.Field(ge=0, description="Number of the location.")
    test: Series[pa.Int8] | None = pa.Field(
        alias=TEST_COLUMN,
        regex=True,
        le=1,
        description="0 trains or validates, 1 tests, below 0 neither.",
    )


class SplitIndex(pa.DataFrameModel):
    """The splits: how each was drawn and how many tiles and locations it trains and tests on."""

    class Config(pa.DataFrameModel.Config):
        """Narrow types are widened."""

        coerce = True

    split: int = pa.Field(ge=0, unique=True, description="Number of the split.")
    kind: str = pa.Field(
        isin=["random", "learning_curve", "published"], description="How it was drawn."
    )
    locations: int = pa.Field(ge=0, description="Tile locations that train.")
    train_tiles: int = pa.Field(ge=0, description="Tiles that train or validate.")
    test_tiles: int = pa.Field(ge=0, description="Tiles that test.")


class TileScoreTable(_TileOfCrater):
    """How well the map agrees with known ejecta in each labelled tile, in pixels of the basemap.

    Besides the columns below: counts of a segmentation without mistakes (``ceiling_``) and of masks
    that were smoothed first (``scale9_`` for a filter of 9 px).
    """

    tile_id: int = pa.Field(ge=0, description="Number of the location.")
    is_test: bool = pa.Field(description="Whether the split in use tests on it.")
    is_ejecta_true: bool = pa.Field(description="Whether it holds ejecta of the crater.")
    is_ejecta_found: bool = pa.Field(description="Whether the map shows some.")
    is_connected_found: bool = pa.Field(description="Whether a tile that touches it is connected.")
    count: int = pa.Field(
        alias=COUNT_COLUMN,
        regex=True,
        ge=0,
        description="Pixels of the mosaic that are right or wrong.",
    )
