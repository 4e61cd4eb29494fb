"""Where each of our columns stands in a table of other people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ejmap_geo import statements
from ejmap_geo.craters.column_names import Meaning, meaning_of
from ejmap_geo.craters.crater_table import COLUMNS
from ejmap_geo.craters.stated_column import StatedColumn
from ejmap_geo.errors import CatalogueError
from ejmap_geo.statements import StateColumn


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where one of our columns comes from.

    Attributes:
        column: Name of the column.
        factor: What its numbers are multiplied by; None if only their size can tell the unit.
        is_diameter: Whether it holds diameters, of which radii are the half.
        is_west: Whether longitudes grow to the west; None if the name does not say.
        offset: What is added to the numbers then.
        is_stated: Whether a person says so, and not the name of the column.
    """

    column: str
    factor: float | None = 1.0
    is_diameter: bool = False
    is_west: bool | None = None
    offset: float = 0.0
    is_stated: bool = False


def named_sources(
    found: Sequence[str],
    what: str,
    *,
    needless: Collection[str] = (),
    state: StateColumn = statements.column,
) -> dict[str, ColumnSource]:
    """Return where our columns are by their names: ours first, then the best of other names.

    A diameter stands in for the radius if there is none, or none whose unit is known.

    Args:
        found: Columns of the table.
        what: The table in words, for messages.
        needless: Columns of ours that a person states; they may be ambiguous here.
        state: How a column is stated.

    Raises:
        CatalogueError: If two columns could be meant.
    """
    meanings = {column: meaning for column in found if (meaning := meaning_of(column))}
    best: dict[str, str] = {}
    for column, meaning in meanings.items():
        other = best.setdefault(meaning.role, column)
        order, best_order = _order(column, meaning), _order(other, meanings[other])
        is_open = _ours(meaning.role) not in {*needless, *found}
        if order < best_order:
            best[meaning.role] = column
        elif order == best_order and column != other and is_open:
            raise CatalogueError(
                f"{what} has columns {other!r} and {column!r}, which both could be "
                f"{meaning.role}; state the right one "
                f"({state(_ours(meaning.role), column)})"
            )
    sources = {
        role: ColumnSource(
            column, meanings[column].factor, role == "diameter", meanings[column].is_west
        )
        for role, column in best.items()
    }
    # Our own names have our own units.
    sources |= {role: ColumnSource(role) for role in COLUMNS if role in found}
    diameter = sources.pop("diameter", None)
    radius = sources.get("radius_m")
    if diameter is not None and (radius is None or _is_vaguer(radius, diameter)):
        sources["radius_m"] = diameter
    return sources


def _order(column: str, meaning: Meaning) -> tuple[bool, int, bool]:
    return column != meaning.role, meaning.rank, meaning.factor is None


def _ours(role: str) -> str:
    return "radius_m" if role == "diameter" else role


def _is_vaguer(radius: ColumnSource, diameter: ColumnSource) -> bool:
    return radius.factor is None and diameter.factor is not None


def stated_sources(
    found: tuple[str, ...], stated: Mapping[str, str], what: str
) -> dict[str, ColumnSource]:
    """Return where a person states our columns to be.

    Raises:
        CatalogueError: If there is no such column, or a statement is none.
    """
    sources: dict[str, ColumnSource] = {}
    for role, text in stated.items():
        try:
            column = StatedColumn.parse(role, text, found=found)
        except ValueError as error:
            raise CatalogueError(f"columns of {what} {error}") from error
        if column.name not in found:
            raise CatalogueError(
                f"{what} has no column {column.name!r}, which was stated for {role}; found "
                f"{', '.join(found) or 'no columns'}"
            )
        sources[role] = ColumnSource(
            column.name,
            column.factor,
            is_west=_stated_west(column) if role == "lon_deg" else None,
            offset=column.offset,
            is_stated=True,
        )
    return sources


def _stated_west(column: StatedColumn) -> bool | None:
    """Return whether stated longitudes grow to the west: by their name, unless turned round."""
    if column.factor < 0:
        return False
    meaning = meaning_of(column.name)
    return None if meaning is None else meaning.is_west
