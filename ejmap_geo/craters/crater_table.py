"""The columns of a crater table: what may stand in them, checked before anything is computed."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.craters.column_remedies import (
    remedies_of_missing,
    remedy_of_cell,
    remedy_of_metres,
)
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.plain_text import clean_name
from ejmap_geo.tables.numbers import to_numbers

NEEDED = ("crater_id", "lon_deg", "lat_deg", "radius_m")
COLUMNS = ("crater_id", "name", "lon_deg", "lat_deg", "radius_m", "labelled", "reach_m")

# Label maps are uint16 rasters in which 65534 means "several craters" and 65535 "none".
LARGEST_CRATER_ID = 65_533

# No global mosaic resolves a crater of 500 m, and no crater has a radius of 500 km or more except
# basins without ejecta rays: a smaller number is a radius in kilometres.
SMALLEST_RADIUS_M = 500.0

TRUE_WORDS = frozenset({"1", "1.0", "true", "yes", "t", "y"})
FALSE_WORDS = frozenset({"0", "0.0", "false", "no", "f", "n", "", "nan", "none", "<na>"})

LARGEST_LATITUDE_DEG = 90.0
MOST_LISTED = 4
HALF_TURN_DEG = 180.0


def checked_columns(
    table: pd.DataFrame,
    *,
    body: Body,
    what: str,
    west_positive: bool = False,
    found: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Return the known columns of a crater table in their types, or say what is wrong.

    Args:
        table: Must have ``crater_id``, ``lon_deg``, ``lat_deg`` and ``radius_m``; ``name``,
            ``labelled`` and ``reach_m`` are optional, other columns are left out.
        body: The planet the craters are on.
        what: The table in words, for messages.
        west_positive: Whether ``lon_deg`` grows to the west.
        found: Columns of the file, for messages; None for those of ``table``.

    Returns:
        The table in the same order with longitudes in [-180, 180), and a sentence for each thing
        that was changed on the way.

    Raises:
        CatalogueError: If the table is empty, incomplete, ambiguous or in the wrong units.
    """
    _require_columns(table, table.columns if found is None else found, body, what)
    if table.empty:
        raise CatalogueError(f"{what} is empty; give at least one crater")
    ids = _crater_ids(pd.Series(table["crater_id"]), what)
    lon_deg, lat_deg = (_numbers(table, name, ids, what) for name in ("lon_deg", "lat_deg"))
    _refuse(
        (lon_deg < -HALF_TURN_DEG) | (lon_deg > 2 * HALF_TURN_DEG),
        lon_deg,
        ids,
        f"{what}: lon_deg must lie in -180..180 or 0..360",
        remedy_of_metres("lon_deg", lon_deg, body) or "give degrees",
    )
    _refuse(
        np.abs(lat_deg) > LARGEST_LATITUDE_DEG,
        lat_deg,
        ids,
        f"{what}: lat_deg must lie in [-90, 90]",
        remedy_of_metres("lat_deg", lat_deg, body)
        or "give planetocentric degrees (are lon_deg and lat_deg swapped?)",
    )
    lon_deg, notes = _longitudes(lon_deg, west_positive=west_positive)
    radius_m = _radii(_numbers(table, "radius_m", ids, what), ids, body, what)
    checked = pd.DataFrame(
        {
            "crater_id": ids,
            "name": _names(table),
            "lon_deg": lon_deg,
            "lat_deg": lat_deg,
            "radius_m": radius_m,
            "labelled": _labelled(table, ids, what),
            "reach_m": _reaches(table, radius_m, ids, what),
        }
    )
    return checked, notes


def _require_columns(table: pd.DataFrame, given: Iterable[object], body: Body, what: str) -> None:
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        found = [str(column) for column in given]
        raise CatalogueError(
            f"{what} has no column {', '.join(missing)}; found {', '.join(found) or 'no columns'}; "
            f"{', or '.join(remedies_of_missing(missing, found, body))}"
        )


def _crater_ids(column: pd.Series, what: str) -> np.ndarray:
    numbers = _numeric(column)
    bad = ~np.isfinite(numbers) | (numbers != np.round(numbers))
    if bad.any():
        raise CatalogueError(
            f"{what}: crater_id must be a whole number in every row, found "
            f"{listed(column[bad].tolist())}; number the craters, or remove rows that are none"
        )
    outside = (numbers < 0) | (numbers > LARGEST_CRATER_ID)
    if outside.any():
        raise CatalogueError(
            f"{what}: crater_id must lie in 0..{LARGEST_CRATER_ID} (label maps are 16-bit), found "
            f"{listed(numbers[outside].astype(np.int64).tolist())}; renumber these craters"
        )
    ids = numbers.astype(np.int64)
    values, counts = np.unique(ids, return_counts=True)
    if (counts > 1).any():
        raise CatalogueError(
            f"{what}: crater_id must be unique, but {listed(values[counts > 1].tolist())} "
            "occur more than once; renumber or remove the doubles"
        )
    return ids


def _numbers(table: pd.DataFrame, column: str, ids: np.ndarray, what: str) -> np.ndarray:
    values = _numeric(pd.Series(table[column]))
    bad = ~np.isfinite(values)
    if bad.any():
        raise CatalogueError(
            f"{what}: {column} must be a number in every row, found "
            f"{listed(table[column][bad].tolist())} at crater {listed(ids[bad].tolist())}; "
            f"{remedy_of_cell(column, table[column][bad].iloc[0])}"
        )
    return values


def _numeric(column: pd.Series) -> np.ndarray:
    # Text and nullable integers alike; what is no number becomes NaN and is reported by row.
    return to_numbers(column).to_numpy(np.float64)


def _longitudes(lon_deg: np.ndarray, *, west_positive: bool) -> tuple[np.ndarray, list[str]]:
    notes = []
    if west_positive:
        lon_deg = -lon_deg
        notes.append("longitudes were west-positive as declared and were turned east-positive")
    in_range = (lon_deg >= -HALF_TURN_DEG) & (lon_deg < HALF_TURN_DEG)
    if not in_range.all():
        notes.append(
            f"{np.count_nonzero(~in_range)} longitudes outside [-180, 180) were brought into it"
        )
    # A longitude that is in range stays exactly as it is; the modulo would disturb its last digits.
    return np.where(
        in_range, lon_deg, (lon_deg + HALF_TURN_DEG) % (2 * HALF_TURN_DEG) - HALF_TURN_DEG
    ), notes


def _radii(radius_m: np.ndarray, ids: np.ndarray, body: Body, what: str) -> np.ndarray:
    largest_m = body.radius_m / 2
    for bad, rule, remedy in (
        (radius_m <= 0, "must be positive", "give metres"),
        (
            radius_m < SMALLEST_RADIUS_M,
            f"is in metres and must be at least {SMALLEST_RADIUS_M:.0f}",
            f"these look like kilometres: state {statements.column('radius_m', 'NAME*1000')}",
        ),
        (
            radius_m > largest_m,
            f"must be at most half the radius of {body.name} ({largest_m:.0f} m)",
            "give the rim radius in metres",
        ),
    ):
        _refuse(bad, radius_m, ids, f"{what}: radius_m {rule}", remedy)
    return radius_m


def _reaches(table: pd.DataFrame, radius_m: np.ndarray, ids: np.ndarray, what: str) -> np.ndarray:
    if "reach_m" not in table.columns:
        return np.full(len(table), np.nan)
    given = table["reach_m"].notna() & (table["reach_m"].astype(str).str.strip() != "")
    reach_m = np.full(len(table), np.nan)
    kept = given.to_numpy(bool)
    reach_m[kept] = _numbers(pd.DataFrame(table[kept]), "reach_m", ids[kept], what)
    _refuse(
        reach_m <= radius_m,
        reach_m,
        ids,
        f"{what}: reach_m must be larger than radius_m",
        "give metres from the centre, or leave it empty for 80 radii",
    )
    return reach_m


def _names(table: pd.DataFrame) -> list[str]:
    if "name" not in table.columns:
        return [""] * len(table)
    return ["" if pd.isna(name) else clean_name(str(name)) for name in table["name"]]


def _labelled(table: pd.DataFrame, ids: np.ndarray, what: str) -> np.ndarray:
    if "labelled" not in table.columns:
        return np.zeros(len(table), np.bool_)
    words = table["labelled"].astype(str).str.strip().str.lower().to_numpy()
    is_true, is_false = (np.isin(words, list(known)) for known in (TRUE_WORDS, FALSE_WORDS))
    unclear = ~(is_true | is_false)
    if unclear.any():
        raise CatalogueError(
            f"{what}: labelled must be 1 or 0, true or false, found "
            f"{listed(words[unclear].tolist())} at crater {listed(ids[unclear].tolist())}"
        )
    return is_true


def _refuse(bad: np.ndarray, values: np.ndarray, ids: np.ndarray, rule: str, remedy: str) -> None:
    if bad.any():
        found = [
            f"{value:g} at crater {crater_id}"
            for value, crater_id in zip(values[bad], ids[bad], strict=True)
        ]
        raise CatalogueError(f"{rule}, found {listed(found)}; {remedy}")


def listed(values: Sequence[object] | NDArray[np.generic]) -> str:
    """Return the first values in words, and how many more there are."""
    shown = ", ".join(str(value) for value in values[:MOST_LISTED])
    rest = len(values) - MOST_LISTED
    return f"{shown} and {rest} more" if rest > 0 else shown
