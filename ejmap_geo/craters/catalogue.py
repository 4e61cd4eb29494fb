"""Craters: where they are, how large, and how far their ejecta are looked for."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ejmap_geo import statements
from ejmap_geo.craters.catalogue_rows import is_west_positive, rows_of_craters
from ejmap_geo.craters.crater_geometry import drawn_craters, require_agreement
from ejmap_geo.craters.crater_size import large_enough
from ejmap_geo.craters.crater_table import COLUMNS, LARGEST_CRATER_ID, checked_columns
from ejmap_geo.craters.known_columns import KnownColumns, give_ids, known_columns
from ejmap_geo.craters.plausibility import require_plausible
from ejmap_geo.errors import CatalogueError, CrsError, GridError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat, checked
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.tables.user_table import UserTable, read_user_table
from ejmap_geo.whole_file import whole_file

# GDAL before 3.7 warns of any later one, and takes its triggers for faults.
GEOPACKAGE_VERSION = "1.2"
# Rays of the largest systems on Mercury end near 80 radii; a crater may carry its own reach.
DEFAULT_REACH_RADII = 80.0
# Degrees are the same on every sphere of a planet, whose radii differ by less than a per cent.
SPHERE_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Crater:
    """A crater whose ejecta are mapped.

    Attributes:
        crater_id: Number from 0 to 65533 that no other crater of the catalogue has.
        name: Name, possibly empty.
        center: Centre of the rim; the longitude is brought to [-180, 180).
        radius_m: Rim radius in metres.
        labelled: Whether a person (or the generator of a synthetic planet) mapped its ejecta.
        reach_m: Great-circle distance up to which ejecta are looked for; None takes the default.
    """

    crater_id: int
    name: str
    center: LonLat
    radius_m: float
    labelled: bool = False
    reach_m: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.crater_id <= LARGEST_CRATER_ID:
            raise CatalogueError(
                f"crater ids must lie in 0..{LARGEST_CRATER_ID}, got {self.crater_id}"
            )
        if not (math.isfinite(self.radius_m) and self.radius_m > 0):
            raise CatalogueError(
                f"radius of crater {self.crater_id} must be positive metres, got {self.radius_m}"
            )
        if self.reach_m is not None and not self.reach_m > self.radius_m:
            raise CatalogueError(
                f"reach of crater {self.crater_id} must exceed its radius of {self.radius_m} m, "
                f"got {self.reach_m}"
            )
        try:
            center = checked(self.center)
        except GridError as error:
            raise CatalogueError(f"crater {self.crater_id}: {error}") from error
        object.__setattr__(self, "center", center)

    @property
    def key(self) -> str:
        """The id with at least four digits, as partitions and file names carry it."""
        return f"{self.crater_id:04d}"

    @property
    def label(self) -> str:
        """Id and name for people: ``0003 Hokusai``; the id alone of a crater without a name."""
        return f"{self.key} {self.name}".rstrip()

    def reach(self, body: Body) -> float:
        """Return the distance in metres up to which ejecta are looked for on ``body``."""
        wanted_m = self.reach_m or DEFAULT_REACH_RADII * self.radius_m
        return min(wanted_m, body.half_circumference_m)


def catalogue_from(craters: Iterable[Crater], body: Body) -> gpd.GeoDataFrame:
    """Return a catalogue with one point a crater, sorted by ``crater_id``.

    Raises:
        CatalogueError: If there is no crater, or two share an id.
    """
    rows = [
        (one.crater_id, one.name, *one.center, one.radius_m, one.labelled, one.reach_m)
        for one in craters
    ]
    table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    columns, notes = checked_columns(table, body=body, what="list of craters")
    return _catalogue(columns, geometry=None, body=body, notes=notes)


def craters_of(catalogue: pd.DataFrame) -> list[Crater]:
    """Return the craters of a catalogue, sorted by ``crater_id``."""
    rows = catalogue.sort_values("crater_id")[list(COLUMNS)].itertuples(index=False)
    return [
        Crater(
            crater_id=int(crater_id),
            name=str(name),
            center=LonLat(float(lon_deg), float(lat_deg)),
            radius_m=float(radius_m),
            labelled=bool(labelled),
            reach_m=None if pd.isna(reach_m) else float(reach_m),
        )
        for crater_id, name, lon_deg, lat_deg, radius_m, labelled, reach_m in rows
    ]


def read_catalogue(
    path: Path,
    *,
    body: Body,
    west_positive: bool = False,
    columns: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """Read a crater table from a GIS file, GeoParquet or text, and check it.

    Columns are ``crater_id``, ``radius_m`` and either ``lon_deg`` and ``lat_deg`` or a geometry
    (centre point or rim, with a CRS on the sphere of ``body``); ``name``, ``labelled`` and
    ``reach_m`` are optional. Names and units of known catalogues are understood as well
    (:mod:`ejmap_geo.craters.column_names`). Without a geometry, degrees are planetocentric on
    ``body``.

    Args:
        path: The table; see :func:`ejmap_geo.tables.user_table.read_user_table`.
        body: The planet it must be of.
        west_positive: Whether the column ``lon_deg`` grows to the west.
        columns: Columns of the table by ours, such as ``{"radius_m": "R_km*1000"}``.

    Returns:
        The catalogue, sorted by ``crater_id``, longitudes in [-180, 180), geometry in longitude
        and latitude. ``attrs["notes"]`` lists in words what was changed or is doubtful;
        ``attrs["has_own_ids"]`` tells whether the table numbers its craters itself.

    Raises:
        CrsError: If geometries have no CRS or another planet's.
        CatalogueError: If the file cannot be read, or the table is empty, incomplete, ambiguous or
            in the wrong units.
    """
    what = f"crater table {path.name}"
    read = read_user_table(path, what="crater table", error=CatalogueError)
    require_body_of_count(read, body, what)
    catalogue = catalogue_of(
        read.table,
        body=body,
        what=what,
        west_positive=west_positive,
        columns=columns,
        is_of_default_crs=read.is_of_default_crs,
    )
    catalogue.attrs["notes"] = [*read.notes, *catalogue.attrs["notes"]]
    return catalogue


def catalogue_of(
    table: pd.DataFrame,
    *,
    body: Body,
    what: str,
    west_positive: bool = False,
    columns: Mapping[str, str] | None = None,
    is_of_default_crs: bool = False,
) -> gpd.GeoDataFrame:
    """Check a crater table that was read already; see :func:`read_catalogue`.

    Args:
        table: Columns and, in a GeoDataFrame, geometries.
        body: The planet it must be of.
        what: The table in words, for messages.
        west_positive: Whether the column ``lon_deg`` grows to the west.
        columns: Columns of the table by ours.
        is_of_default_crs: Whether the CRS is only the default of a format.

    Raises:
        CrsError: As :func:`read_catalogue`.
        CatalogueError: As :func:`read_catalogue`.
    """
    if table.empty:
        raise CatalogueError(f"{what} is empty; give at least one crater")
    table, notes = rows_of_craters(table, body=body, what=what)
    drawn = None
    if isinstance(table, gpd.GeoDataFrame):
        drawn, told = drawn_craters(
            table, body=body, what=what, is_of_default_crs=is_of_default_crs
        )
        notes += told
    known = known_columns(table, body=body, what=what, stated=columns or {}, drawn=drawn)
    give_ids(known, what)
    notes += known.notes
    kept = np.ones(len(table), np.bool_)
    if known.is_of_catalogue:
        kept, told = large_enough(known.table["radius_m"])
        notes += told
    if known.west_positive is None and not known.has_drawn_places:
        known.west_positive = is_west_positive(table, what=what)
    west = _is_west(known, west_positive, what)
    checked, told = checked_columns(
        known.table[kept],
        body=body,
        what=what,
        west_positive=west,
        found=[str(column) for column in table.columns if column != "geometry"],
    )
    notes += told
    geometry = None
    if drawn is not None:
        drawn = drawn[kept].reset_index(drop=True)
        require_agreement(checked, pd.DataFrame(drawn), body=body, what=what)
        geometry = drawn.geometry
    are_degrees = known.has_stated_places or drawn is not None
    notes += require_plausible(checked, body=body, what=what, are_degrees=are_degrees)
    catalogue = _catalogue(checked, geometry=geometry, body=body, notes=notes)
    catalogue.attrs["has_own_ids"] = known.has_own_ids
    return catalogue


def _is_west(known: KnownColumns, west_positive: bool, what: str) -> bool:
    if west_positive and known.has_drawn_places:
        raise CatalogueError(
            f"{what} takes its places from geometries, whose CRS says where east is; "
            f"{statements.NOT_WEST_POSITIVE}, which is about a column lon_deg"
        )
    if west_positive and known.west_positive is False:
        raise CatalogueError(
            f"{what} says itself that its longitudes grow to the east; "
            f"{statements.NOT_WEST_POSITIVE}"
        )
    return west_positive or bool(known.west_positive)


def require_body_of_count(read: UserTable, body: Body, what: str) -> None:
    """Refuse a file that names a body of another radius.

    Raises:
        CrsError: If it does.
    """
    radius_m = read.body_radius_m
    if radius_m is not None and abs(radius_m / body.radius_m - 1) > SPHERE_TOLERANCE:
        raise CrsError(
            f"{what} is of a body with a radius of {radius_m:.0f} m, but {body.name} here is a "
            f"sphere of {body.radius_m:.0f} m; name the right body"
        )


def write_catalogue(catalogue: gpd.GeoDataFrame, path: Path) -> None:
    """Write a catalogue as GeoParquet (``.parquet``), GeoPackage (``.gpkg``) or ``.csv``.

    The file appears whole or not at all; an older one is replaced.

    Raises:
        CatalogueError: If the name ends in something else.
    """
    with whole_file(path) as unfinished:
        match path.suffix:
            case ".parquet":
                catalogue.to_parquet(unfinished)
            case ".gpkg":
                catalogue.to_file(
                    unfinished, driver="GPKG", layer="craters", VERSION=GEOPACKAGE_VERSION
                )
            case ".csv":
                pd.DataFrame(catalogue[list(COLUMNS)]).to_csv(unfinished, index=False)
            case _:
                raise CatalogueError(
                    f"cannot write craters as {path.name}; use .parquet, .gpkg or .csv"
                )


def _catalogue(
    columns: pd.DataFrame,
    *,
    geometry: gpd.GeoSeries | None,
    body: Body,
    notes: list[str],
) -> gpd.GeoDataFrame:
    if geometry is None:
        geometry = gpd.GeoSeries(gpd.points_from_xy(columns["lon_deg"], columns["lat_deg"]))
    order = np.argsort(columns["crater_id"].to_numpy(), kind="stable")
    catalogue = gpd.GeoDataFrame(
        columns.iloc[order].reset_index(drop=True),
        geometry=geometry.to_numpy()[order],
        crs=geographic_crs(body),
    )
    catalogue.attrs["notes"] = notes
    return catalogue
