"""A published table as rows of cells: a CSV file whose columns are known, one row a version."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from ejmap_geo.csv_file import read_csv_rows
from ejmap_ml.errors import ConfigError
from ejmap_ml.published.cells import Cells

VERSION = "version"
MOST_VERSION = 999_999
MOST_BYTES = 2_000_000
# Of columns that a message names.
MOST_SHOWN = 8
MOST_CHARACTERS = 60


def read_rows(
    path: Path, *, what: str, needed: Sequence[str], spare: Sequence[str]
) -> dict[int, Cells]:
    """Return the rows of a table by version, in their order.

    Args:
        path: The CSV file.
        what: What its rows are, for messages.
        needed: Columns that must be there, besides the version.
        spare: Columns that may be there.

    Raises:
        ConfigError: The file cannot be read, has other columns, or numbers its versions badly.
    """
    header, *lines = read_csv_rows(path, error=ConfigError, most_bytes=MOST_BYTES)
    columns = [column.strip() for column in header]
    _check_columns(columns, path, what=what, needed=(VERSION, *needed), spare=spare)
    rows: dict[int, Cells] = {}
    for number, line in enumerate(lines, start=1):
        if len(line) != len(columns):
            raise ConfigError(
                f"row {number} of {path} has {len(line)} cells and its header {len(columns)}; "
                "correct it"
            )
        cells = Cells(dict(zip(columns, line, strict=True)))
        version = _version(cells, path, number)
        if version in rows:
            raise ConfigError(f"{path} holds version {version} twice; leave one of the rows out")
        rows[version] = cells
    return rows


def _check_columns(
    columns: Sequence[str],
    path: Path,
    *,
    what: str,
    needed: Sequence[str],
    spare: Sequence[str],
) -> None:
    known = (*needed, *spare)
    unknown = [column for column in columns if column not in known]
    if unknown:
        shown = ", ".join(_with_guess(column, known) for column in unknown[:MOST_SHOWN])
        raise ConfigError(
            f"{path} has {len(unknown)} columns that no table of {what} has: {shown}; correct or "
            "remove them"
        )
    missing = [column for column in needed if column not in columns]
    if missing:
        raise ConfigError(f"{path} lacks the columns {', '.join(missing)}; add them")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise ConfigError(f"{path} has the columns {', '.join(twice)} twice; leave one out")


def _with_guess(column: str, known: Sequence[str]) -> str:
    shown = column[:MOST_CHARACTERS]
    near = difflib.get_close_matches(shown, known, n=1, cutoff=0.8)
    return f"{shown!r} (meant {near[0]}?)" if near else repr(shown)


def _version(cells: Cells, path: Path, number: int) -> int:
    try:
        version = cells.integer(VERSION)
    except ConfigError as error:
        raise ConfigError(f"row {number} of {path}: {error}") from error
    if not 0 <= version <= MOST_VERSION:
        raise ConfigError(
            f"row {number} of {path} is version {version}, and versions go from 0 to "
            f"{MOST_VERSION}; correct it"
        )
    return version
