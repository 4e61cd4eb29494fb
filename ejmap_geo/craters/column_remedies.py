"""What to do with a table that lacks a column of ours, or has something else in it."""

import difflib
import re
from collections.abc import Mapping, Sequence

import numpy as np

from ejmap_geo import statements
from ejmap_geo.craters.column_names import SIZES, is_angle, is_planetographic
from ejmap_geo.grids.body import Body

# Columns in which text formats keep geometries.
TEXT_GEOMETRIES = frozenset({"wkt", "geometry", "the_geom", "geom", "geojson"})
# Places above it are no degrees.
FEWEST_METRES = 1000.0
# What maps call the coordinates that follow longitude and latitude.
AXES = {"lon_deg": "x", "lat_deg": "y"}
SIGN_AND_LETTER = re.compile(r"-.*[NSEW]|[NSEW].*-", re.IGNORECASE)


def remedies_of_missing(missing: Sequence[str], found: Sequence[str], body: Body) -> list[str]:
    """Return what a person can do about columns that a table lacks.

    Args:
        missing: Our columns.
        found: Columns of the table.
        body: The planet.
    """
    lowered = {column.lower(): column for column in found}
    advice = [
        f"save the table as GeoPackage, since column {lowered[name]} holds geometries as text"
        for name in sorted(TEXT_GEOMETRIES & set(lowered))
    ]
    for column in missing:
        fitting = [name for name in lowered if not (column in SIZES and is_angle(name))]
        close = difflib.get_close_matches(column, fitting, n=1, cutoff=0.75)
        if close:
            advice.append(f"rename {lowered[close[0]]} to {column}")
    likely = [text for column in missing if (text := _likely(column, lowered, body))]
    stated = statements.column(missing[0], "NAME")
    return advice + (likely or [f"state which it is ({stated}; NAME*NUMBER for other units)"])


def _likely(role: str, found: Mapping[str, str], body: Body) -> str:
    """Return how a column is stated that only looks like one of ours; nothing if none does.

    Args:
        role: Our column.
        found: Columns of the table by their names in small letters.
        body: The planet.
    """
    colatitude = next((name for name in found if name.startswith("colat")), None)
    if role == "lat_deg" and colatitude is not None:
        return f"state {statements.column(role, f'90-{found[colatitude]}')}"
    graphic = next((name for name in found if is_planetographic(name) and "lon" in name), None)
    if role == "lon_deg" and graphic is not None:
        return (
            f"state {statements.column(role, found[graphic])}, and {statements.WEST_POSITIVE}, if "
            "it grows to the west"
        )
    axis = AXES.get(role, "")
    if axis in found:
        scale = f"{found[axis]}/{_metres_of_degree(body):.10g}"
        return (
            f"state {statements.column(role, scale)}, for metres of a simple cylindrical map, or "
            f"{found[axis]} alone, for degrees"
        )
    return ""


def _metres_of_degree(body: Body) -> float:
    """Return the length of a degree of a great circle."""
    return body.half_circumference_m / 180


def remedy_of_metres(role: str, values: np.ndarray, body: Body) -> str:
    """Return how metres of a simple cylindrical map are stated; nothing if these can be none."""
    if not FEWEST_METRES < np.abs(values).max() <= 2 * body.half_circumference_m:
        return ""
    stated = statements.column(role, f"NAME/{_metres_of_degree(body):.10g}")
    return f"give degrees, or, of metres of a simple cylindrical map, state {stated}"


def remedy_of_cell(column: str, cell: object) -> str:
    """Return what to do with a cell that is no number: fill it in, or write it otherwise."""
    if not any(map(str.isdigit, str(cell))):
        return "fill in the value or remove the row"
    if column in SIZES:
        return "write it as a plain number"
    if SIGN_AND_LETTER.search(str(cell)):
        return "write the sign or the letter, not both"
    letters = "E or W" if column == "lon_deg" else "N or S"
    return (
        "write decimal degrees such as -33.95, or degrees, minutes and seconds with their signs "
        f"and the letter {letters}"
    )
