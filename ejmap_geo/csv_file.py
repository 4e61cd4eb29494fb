"""CSV files of the published study, read within limits; each mistake is told in a sentence."""

import csv
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pandas as pd

MOST_BYTES = 2**28
MOST_ROWS = 2**22
MOST_COLUMNS = 2**12
# What spreadsheets of some countries separate columns by.
OTHER_DELIMITERS = (";", "\t", "|")
MOST_CHARACTERS = 60


def read_csv(path: Path, *, error: type[Exception]) -> pd.DataFrame:
    """Read a table with a header, and let pandas find the types of its columns.

    Numbers are the nearest ones to their text. The faster ways of pandas end the process at an
    exponent of a hundred digits.

    Args:
        path: The file, of UTF-8 text.
        error: What to raise.

    Raises:
        Exception: ``error``, if the file is missing, larger than the limits or no such table.
    """
    named = str(path)
    with _opened(path, named, error=error, most_bytes=MOST_BYTES) as lines:
        table = pd.read_csv(
            lines,
            float_precision="round_trip",
            nrows=MOST_ROWS + 1,
        )
    if len(table) > MOST_ROWS:
        raise error(f"{named} has more than {MOST_ROWS} rows; name a smaller table")
    # Pandas takes the first of too many cells as the name of the row.
    if len(table) and not isinstance(table.index, pd.RangeIndex):
        raise error(f"{named} has rows of more cells than its header; correct it")
    return table


def read_csv_rows(path: Path, *, error: type[Exception], most_bytes: int) -> list[list[str]]:
    """Return the cells of every row as text, the header first; empty lines are left out.

    Args:
        path: The file, of UTF-8 text.
        error: What to raise.
        most_bytes: How large the file may be.

    Raises:
        Exception: As :func:`read_csv`.
    """
    with _opened(path, str(path), error=error, most_bytes=most_bytes) as lines:
        return [row for row in csv.reader(lines, strict=True) if row]


@contextmanager
def _opened(
    path: Path,
    named: str,
    *,
    error: type[Exception],
    most_bytes: int,
) -> Generator[TextIO]:
    try:
        # Devices and pipes have no end.
        if path.exists() and not path.is_file():
            raise error(f"{named} is no file; name a CSV file")  # noqa: TRY301 - passes below as it is
        # A byte order mark, which spreadsheets write, is no part of the first name.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            mistake = _mistake_in_size(path, most_bytes) or _mistake_in_header(lines)
            if mistake is not None:
                raise error(f"{named} {mistake}")  # noqa: TRY301 - passes below as it is
            lines.seek(0)
            yield lines
    except error:
        raise
    except UnicodeDecodeError as cause:
        raise error(f"{named} is not UTF-8 text; save it as UTF-8, or copy it again") from cause
    except (csv.Error, ValueError, OSError) as cause:
        reason = " ".join(str(cause).split())
        raise error(
            f"{named} cannot be read as a table ({reason}); name a CSV file with a header"
        ) from cause


def _mistake_in_size(path: Path, most_bytes: int) -> str | None:
    size = path.stat().st_size
    if size <= most_bytes:
        return None
    return f"has {size} bytes, more than the {most_bytes} of such a table; name another file"


def _mistake_in_header(lines: TextIO) -> str | None:
    header = next((row for row in csv.reader(lines) if row), None)
    if header is None:
        return "cannot be read as a table (it is empty); name a CSV file with a header"
    if len(header) > MOST_COLUMNS:
        return (
            f"has {len(header)} columns, more than the {MOST_COLUMNS} of any table; name another "
            "file"
        )
    if len(header) == 1 and any(other in header[0] for other in OTHER_DELIMITERS):
        shown = header[0][:MOST_CHARACTERS]
        return f"has one column, {shown!r}; save it with commas between its columns"
    return None
