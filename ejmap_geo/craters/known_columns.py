"""Crater tables of other people, brought to our columns: their names, units and directions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.craters.column_names import is_planetographic, meaning_of
from ejmap_geo.craters.column_sources import ColumnSource, named_sources, stated_sources
from ejmap_geo.craters.column_values import plain_cells
from ejmap_geo.craters.crater_size import radius_factor, radius_factors, require_one_size
from ejmap_geo.craters.crater_table import COLUMNS, LARGEST_CRATER_ID, SMALLEST_RADIUS_M
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.statements import StateColumn
from ejmap_geo.tables.numbers import is_missing, numbers_of, to_numbers

SizeFactor = Callable[[NDArray[np.float64], ColumnSource], float]
PLACES = ("lon_deg", "lat_deg")
# Bodies whose coordinates are on spheres, so that latitudes of both kinds are the same.
OF_SPHERES = frozenset({"Mercury", "Moon"})
# Centres of rims that were drawn by hand lie beside those of a table.
FARTHEST_APART_DEG = 1.0
NUMBERS = (*PLACES, "radius_m", "reach_m")


@dataclass(slots=True)
class KnownColumns:
    """A table in our columns.

    Attributes:
        table: Those of our columns that were found, in our units; others are left out.
        west_positive: Whether ``lon_deg`` grows to the west; None if the table does not say.
        is_of_catalogue: Whether the radius comes from a column of another name than ours, so that
            its unit is known.
        id_column: The column of ``crater_id``; None if there is none.
        has_own_ids: Whether the table numbers its craters.
        has_drawn_places: Whether longitudes and latitudes are those of geometries.
        has_stated_places: Whether a person states the columns of longitudes and latitudes.
        notes: A sentence for each column that is not read under its own name.
    """

    table: pd.DataFrame
    west_positive: bool | None = None
    is_of_catalogue: bool = False
    id_column: str | None = None
    has_own_ids: bool = True
    has_drawn_places: bool = False
    has_stated_places: bool = False
    notes: list[str] = field(default_factory=list[str])


def known_columns(
    table: pd.DataFrame,
    *,
    body: Body,
    what: str,
    stated: Mapping[str, str],
    drawn: pd.DataFrame | None = None,
    state: StateColumn = statements.column,
    smallest_radius_m: float = SMALLEST_RADIUS_M,
) -> KnownColumns:
    """Find our columns in a table: those that are stated, else by our names, else by others.

    Args:
        table: Columns of numbers or text.
        body: The planet, which tells metres from kilometres where no name does.
        what: The table in words, for messages.
        stated: By column of ours what it is here, as :class:`StatedColumn` reads it.
        drawn: ``lon_deg``, ``lat_deg`` and ``radius_m`` (NaN for points) of geometries. They take
            the place of columns that are missing, and of places under other names than ours: a
            geometry states its CRS.
        state: How a person states a column, for remedies.
        smallest_radius_m: Least radius that the table may hold, which tells metres, too.

    Raises:
        CatalogueError: If a stated column is missing, two columns could be meant, the unit of a
            size cannot be told, or two sizes contradict each other.
    """
    found = tuple(map(str, table.columns))
    sources = _sources(found, stated, what, is_drawn=drawn is not None, state=state)
    _require_sphere(sources.get("lat_deg"), body, what, state)
    size_factor = partial(
        radius_factor, body=body, what=what, state=state, smallest_m=smallest_radius_m
    )
    result = KnownColumns(pd.DataFrame(index=table.index))
    is_ours = "radius_m" in sources and sources["radius_m"].column == "radius_m"
    beside = radius_factors(found) if is_ours else {}
    numbers, sources, told = _numbers(table, sources, beside, what, state)
    for role, source in sources.items():
        given, values = table[source.column], numbers.get(role)
        factor = 1.0 if values is None else _factor_of(role, source, values, size_factor)
        if values is not None:
            given = _scaled(values, factor, source.offset, given)
        result.table[role] = given.mask(is_missing(given)) if role == "crater_id" else given
        if source.column != role or (factor, source.offset) != (1.0, 0.0):
            result.notes.append(_told(role, source, factor))
    result.notes += told
    if drawn is not None:
        _complete(result, drawn)
    result.notes += _told_elsewhere(table, result, sources)
    if "lon_deg" in sources:
        result.west_positive = sources["lon_deg"].is_west
    result.has_stated_places = all(role in sources and sources[role].is_stated for role in PLACES)
    result.is_of_catalogue = "radius_m" in sources and not is_ours
    if is_ours:
        ours = to_numbers(result.table["radius_m"]).to_numpy(np.float64)
        others = {name: numbers[name] * factor for name, factor in beside.items()}
        require_one_size(ours, others, what=what)
    if "crater_id" in sources:
        result.id_column = sources["crater_id"].column
    return result


def _sources(
    found: tuple[str, ...],
    stated: Mapping[str, str],
    what: str,
    *,
    is_drawn: bool,
    state: StateColumn,
) -> dict[str, ColumnSource]:
    named = {
        role: source
        for role, source in named_sources(found, what, needless={*stated}, state=state).items()
        if not (is_drawn and role in PLACES and source.column != role)
    }
    sources = named | stated_sources(found, stated, what)
    return {role: sources[role] for role in COLUMNS if role in sources}


def _require_sphere(
    latitude: ColumnSource | None, body: Body, what: str, state: StateColumn
) -> None:
    """Refuse planetographic latitudes of a body whose maps are not on spheres alone."""
    if latitude is None or latitude.is_stated or body.name in OF_SPHERES:
        return
    if is_planetographic(latitude.column):
        stated = state("lat_deg", latitude.column)
        raise CatalogueError(
            f"{what} has planetographic latitudes (column {latitude.column!r}), which on an "
            f"ellipsoid are not those of the sphere that {body.name} is mapped on; convert them to "
            f"planetocentric ones, or, if they are of a sphere, state {stated}"
        )


def _numbers(
    table: pd.DataFrame,
    sources: Mapping[str, ColumnSource],
    beside: Iterable[str],
    what: str,
    state: StateColumn,
) -> tuple[dict[str, NDArray[np.float64]], dict[str, ColumnSource], list[str]]:
    """Return our columns of numbers, and sizes beside them, which have the same decimal sign.

    Returns:
        Numbers by column, where our columns are as their cells say, and what was told of cells.
    """
    try:
        ours = {role: sources[role] for role in NUMBERS if role in sources}
        plain = plain_cells(table, ours, state=state)
        columns = {name: table[name] for name in beside}
        numbers = numbers_of(columns | {role: one.cells for role, one in plain.items()})
    except ValueError as error:
        raise CatalogueError(f"{what} {error}") from error
    for role, one in plain.items():
        if one.factors is not None:
            numbers[role] = numbers[role] * one.factors
    told = [note for one in plain.values() for note in one.notes]
    return numbers, {**sources, **{role: one.source for role, one in plain.items()}}, told


def _factor_of(
    role: str, source: ColumnSource, values: NDArray[np.float64], size_factor: SizeFactor
) -> float:
    if role == "radius_m":
        return size_factor(values, source)
    return 1.0 if source.factor is None else source.factor


def _scaled(
    values: NDArray[np.float64], factor: float, offset: float, given: pd.Series
) -> pd.Series:
    """Return numbers in our unit, and where there is none what stands there, for messages."""
    is_same = (factor, offset) == (1.0, 0.0)
    scaled = pd.Series(values if is_same else values * factor + offset, index=given.index)
    wrong = scaled.isna()
    if not wrong.any():
        return scaled
    wrong &= ~is_missing(given)
    return scaled.astype(object).where(~wrong, given)


def _told(role: str, source: ColumnSource, factor: float) -> str:
    scale = "" if factor == 1.0 else f" * {factor:g}"
    sign = "-" if source.offset < 0 else "+"
    shift = "" if source.offset == 0.0 else f" {sign} {abs(source.offset):g}"
    guessed = " (unit told by its values)" if source.factor is None else ""
    west = ", which grows to the west" if source.is_west else ""
    sphere = ", which on a sphere is the same" if is_planetographic(source.column) else ""
    what = sphere if role == "lat_deg" else west
    return f"{role} is column {source.column!r}{scale}{shift}{guessed}{what}"


def _complete(result: KnownColumns, drawn: pd.DataFrame) -> None:
    if not {*PLACES} <= {*result.table.columns}:
        result.table[list(PLACES)] = drawn[list(PLACES)]
        result.has_drawn_places = True
    if "radius_m" not in result.table and drawn["radius_m"].notna().all():
        result.table["radius_m"] = drawn["radius_m"]
        result.notes.append("radius_m is that of a circle as large as the rim")


def _told_elsewhere(
    table: pd.DataFrame, result: KnownColumns, sources: Mapping[str, ColumnSource]
) -> list[str]:
    """Return a sentence for each column that is not used and places craters elsewhere."""
    told: list[str] = []
    used = {source.column for source in sources.values()}
    for column in map(str, table.columns):
        meaning = meaning_of(column)
        if meaning is None or column in used or meaning.factor is None:
            continue
        role = meaning.role
        if role not in PLACES or role not in result.table:
            continue
        theirs, ours = (
            to_numbers(one).to_numpy(np.float64) for one in (table[column], result.table[role])
        )
        theirs = theirs * meaning.factor * (-1 if meaning.is_west else 1)
        is_west = role in sources and bool(sources[role].is_west)
        ours = -ours if is_west else ours
        apart_deg = _apart_deg(theirs, ours)
        if role == "lon_deg" and result.has_drawn_places:
            # Gazetteers count to the west beside geometries, whose CRS says where east is.
            apart_deg = np.minimum(apart_deg, _apart_deg(-theirs, ours))
        far = np.flatnonzero(apart_deg > FARTHEST_APART_DEG)
        if far.size:
            row = int(far[0])
            told.append(
                f"column {column!r} is not used, and has {theirs[row]:g} in row {row + 1}, where "
                f"{role} is {ours[row]:g} ({far.size} such row(s)); check which is right"
            )
    return told


def _apart_deg(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.abs((some - others + 180) % 360 - 180)


def give_ids(result: KnownColumns, what: str) -> None:
    """Number the craters of a table that names them by words or not at all.

    Raises:
        CatalogueError: If they are more than a map can number.
    """
    if result.id_column is not None:
        is_words = to_numbers(result.table["crater_id"]).isna().all()
        if result.id_column == "crater_id" or not is_words:
            return
        result.notes = [note for note in result.notes if not note.startswith("crater_id is ")]
    count = len(result.table)
    if count > LARGEST_CRATER_ID + 1:
        raise CatalogueError(
            f"{what} has {count} craters, more than the {LARGEST_CRATER_ID + 1} that label maps "
            "(16-bit) can number; keep those whose ejecta you want to map, such as the largest"
        )
    result.table["crater_id"] = np.arange(count)
    result.has_own_ids = False
    result.notes.append(
        "craters were numbered from 0 in the order of the rows, because the table has no numbers "
        "as crater_id"
    )
