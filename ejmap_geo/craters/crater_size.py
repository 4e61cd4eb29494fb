"""Sizes in tables of other people: radius or diameter, metres or kilometres."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.craters.column_names import meaning_of
from ejmap_geo.craters.column_sources import ColumnSource
from ejmap_geo.craters.crater_table import SMALLEST_RADIUS_M
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.statements import StateColumn
from ejmap_geo.tables.numbers import numbers_of

# Two sizes of one crater differ by some percent between fits, by a factor of 2 if one is a radius.
LARGEST_SIZE_RATIO = 1.6


def radius_factor(
    sizes: NDArray[np.float64],
    source: ColumnSource,
    *,
    body: Body,
    what: str,
    state: StateColumn = statements.column,
    smallest_m: float = SMALLEST_RADIUS_M,
) -> float:
    """Return what sizes are multiplied by to be radii in metres.

    Where no name states the unit, it is the only one in which all craters can be on ``body``.

    Args:
        sizes: What the column holds; NaN does not count.
        source: The column.
        body: The planet.
        what: The table in words, for messages.
        state: How a column is stated.
        smallest_m: Least radius that there may be.

    Raises:
        CatalogueError: If both units are possible, or none is.
    """
    half = 0.5 if source.is_diameter else 1.0
    if source.factor is not None:
        return half * source.factor
    known = sizes[np.isfinite(sizes)]
    if not known.size:
        return half
    least, most = float(known.min()), float(known.max())
    may_be_m = half * least >= smallest_m and half * most <= body.radius_m / 2
    may_be_km = least >= 0 and 1000 * half * most <= body.radius_m / 2
    if may_be_m != may_be_km:
        return 1000 * half if may_be_km else half
    in_km = state("radius_m", f"{source.column}*{1000 * half:g}")
    unclear = "could be kilometres or metres" if may_be_m else "is neither metres nor kilometres"
    raise CatalogueError(
        f"{what}: column {source.column!r} runs from {least:g} to {most:g}, which {unclear} on "
        f"{body.name}; state it ({in_km} for kilometres)"
    )


def radius_factors(columns: Iterable[str]) -> dict[str, float]:
    """Return the columns that hold radii and diameters, and what makes radii in metres of them.

    Those whose unit is not known, and ``radius_m`` itself, are none of them.
    """
    meanings = {column: meaning_of(column) for column in columns if column != "radius_m"}
    halves = {"radius_m": 1.0, "diameter": 0.5}
    return {
        column: halves[meaning.role] * meaning.factor
        for column, meaning in meanings.items()
        if meaning is not None and meaning.role in halves and meaning.factor is not None
    }


def require_one_size(
    ours: NDArray[np.float64], beside: Mapping[str, NDArray[np.float64]], *, what: str
) -> None:
    """Check radii against those that other columns give.

    Args:
        ours: Radius of each crater in metres; NaN does not count.
        beside: The same by other columns, by the name of the column.
        what: The table in words, for messages.

    Raises:
        CatalogueError: If most of them differ by a factor, as a diameter or another unit does.
    """
    for column, others in beside.items():
        is_known = (others > 0) & (ours > 0)
        ratio = float(np.median(ours[is_known] / others[is_known])) if is_known.any() else 1.0
        if not 1 / LARGEST_SIZE_RATIO < ratio < LARGEST_SIZE_RATIO:
            raise CatalogueError(
                f"{what}: radius_m is {ratio:.3g} times the radius by column {column!r}; correct "
                "one of them, or remove it"
            )


def large_enough(radius_m: pd.Series) -> tuple[NDArray[np.bool_], list[str]]:
    """Return which rows of a catalogue are craters of a size that is mapped.

    Catalogues hold craters that no global mosaic resolves. If all are as small, they are kept, and
    refused by whoever checks the table.

    Returns:
        ``(row,)``, and a sentence if some are not.
    """
    sizes = numbers_of({"radius_m": radius_m})["radius_m"]
    is_small = (sizes >= 0) & (sizes < SMALLEST_RADIUS_M)
    if not is_small.any() or is_small.all():
        return np.ones(len(sizes), np.bool_), []
    told = (
        f"{np.count_nonzero(is_small)} crater(s) with a radius below {SMALLEST_RADIUS_M:.0f} m "
        "were left out"
    )
    return ~is_small, [told]
