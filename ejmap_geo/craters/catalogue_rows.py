"""Rows of other people's catalogues: which are craters of the body, and how they count longitude.

The gazetteer of the IAU has a column for the body, one for the type of feature and one for the
direction of longitudes, and may be of all bodies at once.
"""

import pandas as pd

from ejmap_geo.craters.crater_table import listed
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.tables.units import without_odd_rows

BODY_COLUMNS = ("target", "body", "planet")
TYPE_COLUMNS = ("featuretype", "type")
DIRECTION_COLUMN = "coordinatesystem"
CRATER = "crater, craters"
# Of the Moon: craters that are named by a letter after a larger one.
LETTERED = "satellite feature"


def rows_of_craters(
    table: pd.DataFrame, *, body: Body, what: str
) -> tuple[pd.DataFrame, list[str]]:
    """Leave out rows of lines and units, of another body, and of what is no crater.

    Returns:
        The rows that are left, and a sentence for each reason why others were not.

    Raises:
        CatalogueError: If no row is left, or a row of units contradicts the name of its column.
    """
    try:
        table, notes = without_odd_rows(table)
    except ValueError as error:
        raise CatalogueError(f"{what} {error}") from error
    for column in _text_columns(table, BODY_COLUMNS):
        words = _words(table, column)
        is_ours = words == body.name.casefold()
        if not is_ours.any():
            named = listed(sorted({str(word) for word in table[column]}))
            raise CatalogueError(
                f"{what} is of {named or 'no body'}, and has no crater of {body.name}; name "
                "another table or the right body"
            )
        table = _kept(table, is_ours, "of other bodies", notes)
    for column in _text_columns(table, TYPE_COLUMNS):
        words = _words(table, column)
        if (words == CRATER).any():
            table = _kept(table, words.isin([CRATER, LETTERED]), "no craters", notes)
    return table, notes


def is_west_positive(table: pd.DataFrame, *, what: str) -> bool | None:
    """Return whether the table says that its longitudes grow to the west; None if it does not say.

    Raises:
        CatalogueError: If rows differ.
    """
    for column in _text_columns(table, (DIRECTION_COLUMN,)):
        words = _words(table, column)
        west, east = words.str.contains(r"\+\s*west"), words.str.contains(r"\+\s*east")
        if west.any() and east.any():
            raise CatalogueError(
                f"{what} counts {west.sum()} longitudes to the west and {east.sum()} to the east "
                f"(column {column!r}); export it in one coordinate system"
            )
        if west.any() or east.any():
            return bool(west.any())
    return None


def _text_columns(table: pd.DataFrame, keys: tuple[str, ...]) -> list[str]:
    return [
        str(name)
        for name in table.columns
        if "".join(filter(str.isalnum, str(name))).lower() in keys and _may_be_text(table[name])
    ]


def _may_be_text(column: pd.Series) -> bool:
    # Parquet keeps text as objects, strings or categories.
    return not (
        pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    )


def _words(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column].astype(str).str.strip().str.casefold()


def _kept(table: pd.DataFrame, is_kept: pd.Series, why: str, notes: list[str]) -> pd.DataFrame:
    left_out = int((~is_kept).sum())
    if not left_out:
        return table
    notes.append(f"{left_out} row(s) that are {why} were left out")
    return table.loc[is_kept].reset_index(drop=True)
