"""Tables of small craters that somebody counted: places and diameters, of any size and number.

They are read like catalogues, whose column names and units they share, without what holds for
craters that are mapped: no ids, no largest number, no smallest size. Nothing but the table itself
states its columns, so remedies name columns, and not options.
"""

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import require_body_of_count
from ejmap_geo.craters.catalogue_rows import is_west_positive, rows_of_craters
from ejmap_geo.craters.crater_geometry import drawn_craters
from ejmap_geo.craters.crater_table import LARGEST_LATITUDE_DEG, listed
from ejmap_geo.craters.known_columns import KnownColumns, known_columns
from ejmap_geo.craters.plausibility import refuse_one_spot, told_radians
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.tables.numbers import to_numbers
from ejmap_geo.tables.user_table import read_user_table

KIND = "table of counted craters"
NEEDED = ("lon_deg", "lat_deg", "radius_m")
# Names of a column of sizes by what makes radii in metres of it.
SIZE_NAMES = {"1000": "radius_km", "500": "diameter_km", "1": "radius_m", "0.5": "diameter_m"}
TURN_DEG = 360.0


class CountedCraters(NamedTuple):
    """Craters that somebody counted, ``(crater,)`` each.

    Attributes:
        lon_deg: Longitudes of their centres in [-180, 180), east-positive.
        lat_deg: Planetocentric latitudes.
        diameter_km: Diameters of their rims.
    """

    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    diameter_km: NDArray[np.float64]


def read_counted_craters(path: Path, *, body: Body) -> CountedCraters:
    """Read a table of counted craters.

    Args:
        path: The table; see :func:`ejmap_geo.tables.user_table.read_user_table`. Its columns are
            ``lon_deg`` and ``lat_deg``, or geometries, and ``diameter_km``; other names and units
            are understood as in a catalogue.
        body: The planet it must be of.

    Raises:
        CrsError: If geometries have no CRS or another planet's.
        CatalogueError: If the file cannot be read, or the table is empty, incomplete, ambiguous or
            in the wrong units.
    """
    what = f"{KIND} {path.name}"
    read = read_user_table(path, what=KIND, error=CatalogueError)
    require_body_of_count(read, body, what)
    table, _ = rows_of_craters(read.table, body=body, what=what)
    drawn = None
    if isinstance(table, gpd.GeoDataFrame):
        is_default = read.is_of_default_crs
        drawn, _ = drawn_craters(table, body=body, what=what, is_of_default_crs=is_default)
    known = known_columns(
        table, body=body, what=what, stated={}, drawn=drawn, state=_by_name, smallest_radius_m=0
    )
    numbers = _numbers(known, [str(name) for name in table.columns if name != "geometry"], what)
    if known.west_positive is None and not known.has_drawn_places:
        known.west_positive = is_west_positive(table, what=what)
    numbers["lon_deg"] = _eastern(numbers["lon_deg"], is_west=bool(known.west_positive))
    are_degrees = drawn is not None or {"lon_deg", "lat_deg"} <= {*table.columns}
    _require_plausible(numbers, body=body, what=what, are_degrees=are_degrees)
    lon_deg, lat_deg, radius_m = (numbers[name].to_numpy(np.float64) for name in NEEDED)
    return CountedCraters(lon_deg, lat_deg, 2 * radius_m / 1000)


def _by_name(role: str, text: str) -> str:
    """Return how the name of a column states what it is; see ``StateColumn``."""
    if role != "radius_m":
        return f"{role} as its name"
    name = SIZE_NAMES.get(text.rpartition("*")[2], "diameter_km or radius_km")
    return f"{name} as its name"


def _numbers(known: KnownColumns, found: list[str], what: str) -> pd.DataFrame:
    """Return places and radii, each a number on the planet."""
    missing = [name for name in NEEDED if name not in known.table]
    if missing:
        raise CatalogueError(
            f"{what} has no column {', '.join(missing)}; found {', '.join(found) or 'no columns'}; "
            "name its columns lon_deg, lat_deg and diameter_km"
        )
    if known.table.empty:
        raise CatalogueError(f"{what} is empty; give at least one crater")
    numbers = pd.DataFrame({name: to_numbers(known.table[name]) for name in NEEDED})
    lon_deg, lat_deg, radius_m = (numbers[name] for name in NEEDED)
    for name, is_right, rule in (
        ("lon_deg", lon_deg.between(-TURN_DEG / 2, TURN_DEG), "lie in -180..180 or 0..360"),
        ("lat_deg", lat_deg.abs() <= LARGEST_LATITUDE_DEG, "lie in [-90, 90]"),
        ("radius_m", (radius_m > 0) & np.isfinite(radius_m), "be positive"),
    ):
        wrong = np.flatnonzero(~is_right)
        if wrong.size:
            cells = known.table[name].iloc[wrong].tolist()
            raise CatalogueError(
                f"{what}: {name} must be a number in every row and {rule}, found {listed(cells)} "
                f"in row {listed(wrong + 1)}; correct the cells or the name of the column"
            )
    return numbers


def _eastern(lon_deg: pd.Series, *, is_west: bool) -> pd.Series:
    turned = -lon_deg if is_west else lon_deg
    return (turned + TURN_DEG / 2) % TURN_DEG - TURN_DEG / 2


def _require_plausible(numbers: pd.DataFrame, *, body: Body, what: str, are_degrees: bool) -> None:
    largest_m = body.radius_m / 2
    if (numbers["radius_m"] > largest_m).any():
        raise CatalogueError(
            f"{what} has a crater with a radius of {numbers['radius_m'].max() / 1000:.0f} km, on "
            f"{body.name} it is at most {largest_m / 1000:.0f} km; name the column after its unit, "
            "such as diameter_km"
        )
    refuse_one_spot(numbers, body=body, what=what)
    radians = told_radians(numbers)
    if radians and not are_degrees:
        raise CatalogueError(
            f"{what}: {radians}; name the columns lon_rad and lat_rad, or, if they are "
            "degrees, lon_deg and lat_deg"
        )
    double = np.flatnonzero(numbers.duplicated(keep=False))
    if double.size:
        raise CatalogueError(
            f"{what}: {double.size} rows have the same place and size as another row (row "
            f"{listed(double + 1)}); keep one row of each crater"
        )
