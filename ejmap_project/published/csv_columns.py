"""CSV files of numbers, as those of a published folder, whose columns are checked by name."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.csv_file import read_csv
from ejmap_geo.tables.numbers import to_numbers
from ejmap_project.errors import SourceError

SHOWN = 4
OF_PUBLISHED = "take the published file"


def read_columns(
    path: Path,
    *,
    whole: Sequence[str],
    real: Sequence[str] = (),
    unique: Sequence[str] = (),
    prefix: str | None = None,
    may_be_empty: Sequence[str] = (),
    remedy: str = OF_PUBLISHED,
) -> pd.DataFrame:
    """Read columns of a CSV file; all others, paths among them, are left unread.

    Args:
        path: The file.
        whole: Columns of whole numbers that must be there.
        real: Columns of finite numbers that must be there.
        unique: Columns that no two rows may share.
        prefix: Start of the names of further columns of whole numbers, any number of them.
        may_be_empty: Those columns of ``whole`` in which cells may be empty.
        remedy: What to do about a file that is none.

    Returns:
        ``whole`` as int64, or Int64 where cells may be empty, ``real`` as float64, and the further
        columns as int64.

    Raises:
        SourceError: If the file is too large or no table, or a column is missing or holds something
            else than such numbers.
    """
    table = read_csv(path, error=SourceError)
    wanted = [*whole, *real]
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns[:12])) or "no columns"
        raise SourceError(f"{path} has no column {', '.join(missing)}; found {found}; {remedy}")
    names = [] if prefix is None else map(str, table.columns)
    further = [name for name in names if re.fullmatch(rf"{prefix}\d+", name)]
    checked = pd.DataFrame(
        {
            name: _whole_or_empty(table, name, path, remedy)
            if name in may_be_empty
            else _numbers(table, name, path, remedy, whole=name not in real)
            for name in [*wanted, *further]
        }
    )
    if unique:
        _require_unique(checked, unique, path)
    return checked


def _numbers(table: pd.DataFrame, name: str, path: Path, remedy: str, *, whole: bool) -> np.ndarray:
    values = to_numbers(table[name]).to_numpy(np.float64)
    wrong = ~np.isfinite(values)
    if whole:
        wrong |= (values != np.round(values)) | (np.abs(values) > 2**53)
    if wrong.any():
        rows = np.flatnonzero(wrong)
        found = ", ".join(repr(value) for value in table[name].iloc[rows[:SHOWN]].tolist())
        kind = "whole numbers" if whole else "numbers"
        raise SourceError(
            f"{path}: column {name} must hold {kind}, found {found} in row {rows[0] + 1}; "
            f"correct it or {remedy}"
        )
    return values.astype(np.int64) if whole else values


def _whole_or_empty(table: pd.DataFrame, name: str, path: Path, remedy: str) -> pd.Series:
    there = table[table[name].notna()]
    numbers = pd.Series(_numbers(there, name, path, remedy, whole=True), there.index, dtype="Int64")
    return numbers.reindex(table.index)


def _require_unique(table: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    double = table.duplicated(list(columns))
    if double.any():
        first = table.loc[double, list(columns)].iloc[0]
        found = ", ".join(f"{name} {value}" for name, value in first.items())
        raise SourceError(f"{path} holds {found} more than once; remove the doubled rows")
