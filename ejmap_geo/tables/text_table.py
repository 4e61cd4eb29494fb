"""Tables of text: their comments, delimiter, quotes and header, and rows that fit it."""

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ejmap_geo.csv_file import MOST_COLUMNS
from ejmap_geo.tables.text_encoding import decoded

MOST_BYTES = 2**29
MOST_ROWS = 2**21
COMMENT = "#"
DELIMITERS = (",", ";", "\t", "|")
BLANKS = " "
# Rows that show how a table is delimited.
PROBE_ROWS = 50
MOST_CHARACTERS = 60
# More numbers than this are no names of columns.
MOST_NUMBERS = 2
NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")


class Line(NamedTuple):
    """A line of a file and its number, which counts from 1."""

    number: int
    text: str


class Dialect(NamedTuple):
    """What separates and what quotes the cells of a table."""

    delimiter: str
    quote: str


def read_text_table(
    path: Path, *, what: str, error: type[Exception]
) -> tuple[pd.DataFrame, list[str]]:
    r"""Read a table with a header whose cells are separated by ``,``, ``;``, ``|``, tabs or blanks.

    Lines that begin with ``#`` are comments, and empty lines and rows do not count. The header may
    be the last comment before the first row. Cells stay the text that they are, without blanks
    around them: :mod:`ejmap_geo.tables.numbers` reads numbers.

    Args:
        path: The file.
        what: What kind of table it should be, in words, for messages.
        error: What to raise.

    Returns:
        Columns of text, and a sentence for each thing that was guessed or left out.

    Raises:
        Exception: ``error``, if it is missing, larger than the limits, no text, or a row has
            another number of cells than the header; the sentence names the line.
    """
    named = f"{what} {path}".strip()
    try:
        text, notes = decoded(_content(path))
        table, more = _table_of(text)
    except csv.Error as cause:
        raise error(f"{named} cannot be read as a table ({cause}); correct its quotes") from cause
    except (ValueError, OSError) as cause:
        told = isinstance(cause, OSError)
        reason = f"cannot be read ({cause.strerror}); name another file" if told else cause
        raise error(f"{named} {reason}") from cause
    return table, notes + more


def _content(path: Path) -> bytes:
    # Devices and pipes have no end.
    if path.exists() and not path.is_file():
        raise ValueError("is no file; name a table of text")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(
            f"has {size} bytes, more than the {MOST_BYTES} of a table of text; keep the rows that "
            "you need"
        )
    return path.read_bytes()


def _table_of(text: str) -> tuple[pd.DataFrame, list[str]]:
    lines = [Line(*line) for line in enumerate(io.StringIO(text, newline=None), start=1)]
    stated, lines = _stated_delimiter(lines)
    comments = [line for line in lines if _is_comment(line)]
    rows = [line for line in lines if line.text.strip() and not _is_comment(line)]
    if not rows:
        raise ValueError("is empty; name a table with a header and rows")
    dialect = _dialect(rows, stated)
    header, body = _header(rows, comments, dialect)
    _require_names(header.cells)
    cells, notes = _body(body, header, dialect)
    columns = {
        name: [row[place] for row in cells] for place, name in enumerate(header.cells) if name
    }
    left_out = sum(_looks_like_a_row(line, header, dialect) for line in comments)
    if left_out:
        notes.append(f"{left_out} row(s) that begin with {COMMENT} were left out")
    return pd.DataFrame(columns, columns=pd.Index(list(columns)), dtype=object), notes


def _is_comment(line: Line) -> bool:
    return line.text.lstrip().startswith(COMMENT)


class Header(NamedTuple):
    """Names of the columns, and the line they stand in."""

    cells: list[str]
    number: int


def _stated_delimiter(lines: list[Line]) -> tuple[str | None, list[Line]]:
    """Take ``sep=;`` off, which spreadsheets write into the first line."""
    first = lines[0].text.strip("\r\n\"'") if lines else ""
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], lines[1:]
    return None, lines


def _dialect(rows: list[Line], stated: str | None) -> Dialect:
    header = rows[0].text.strip()
    if stated is not None:
        return Dialect(stated, _quote(header, stated))
    found: list[tuple[float, int, Dialect]] = []
    for delimiter in DELIMITERS:
        dialect = Dialect(delimiter, _quote(header, delimiter))
        widths = [len(_split(line.text, dialect)) for line in rows[:PROBE_ROWS]]
        if widths[0] > 1:
            found.append((Counter(widths)[widths[0]] / len(widths), widths[0], dialect))
    if found:
        return max(found)[2]
    blanks = Dialect(BLANKS, '"')
    widths = {len(_split(line.text, blanks)) for line in rows[:PROBE_ROWS]}
    if len(widths) == 1 and widths != {1}:
        return blanks
    other = _first_wider(rows)
    if other is not None:
        raise ValueError(
            f"begins with {header[:MOST_CHARACTERS]!r}, which is no header of the cells in line "
            f"{other.number}; remove it, or begin its line with {COMMENT}"
        )
    raise ValueError(
        f"has one column, {header[:MOST_CHARACTERS]!r}; separate its columns by commas, semicolons "
        "or tabs"
    )


def _first_wider(rows: list[Line]) -> Line | None:
    return next((line for line in rows if any(sign in line.text for sign in DELIMITERS)), None)


def _quote(header: str, delimiter: str) -> str:
    cells = header.split(delimiter)
    is_single = all(len(cell.strip()) > 1 and cell.strip()[0] == "'" for cell in cells)
    return "'" if is_single else '"'


def _split(text: str, dialect: Dialect) -> list[str]:
    """Return the cells of one line, leniently: quotes may go on in the next one."""
    return next(csv.reader([_spaced(text, dialect)], **_options(dialect), strict=False), [])


def _spaced(text: str, dialect: Dialect) -> str:
    return " ".join(text.split()) if dialect.delimiter == BLANKS else text


def _options(dialect: Dialect) -> dict[str, Any]:
    return {
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "skipinitialspace": True,
    }


def _header(rows: list[Line], comments: list[Line], dialect: Dialect) -> tuple[Header, list[Line]]:
    first = [cell.strip() for cell in _split(rows[0].text, dialect)]
    if sum(NUMBER.fullmatch(cell) is not None for cell in first) < MOST_NUMBERS:
        return Header(first, rows[0].number), rows[1:]
    before = [line for line in comments if line.number < rows[0].number]
    if before:
        named = [cell.strip() for cell in _split(before[-1].text.strip().lstrip(COMMENT), dialect)]
        if len(named) == len(first):
            return Header(named, before[-1].number), rows
    raise ValueError(
        f"has no header: its first row is {', '.join(first)[:MOST_CHARACTERS]!r}; begin it with "
        "a line of the names of its columns"
    )


def _require_names(names: list[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise ValueError(
            f"has {len(names)} columns, more than the {MOST_COLUMNS} of any table; name another "
            "file"
        )
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise ValueError(f"has several columns {twice[0]!r}; rename or remove all but one")


def _body(rows: list[Line], header: Header, dialect: Dialect) -> tuple[list[list[str]], list[str]]:
    if len(rows) > MOST_ROWS:
        raise ValueError(
            f"has {len(rows)} rows, more than the {MOST_ROWS} of a table of text; keep those that "
            "you need"
        )
    texts = [_spaced(line.text, dialect) for line in rows]
    reader = csv.reader(texts, **_options(dialect), strict=True)
    wanted, cells, empty = len(header.cells), list[list[str]](), 0
    begin = 0
    try:
        for row in reader:
            number, begin = rows[begin].number, reader.line_num
            found = [cell.strip() for cell in row]
            if not any(found):
                empty += 1
                continue
            # Spreadsheets fill rows up with empty cells, which say nothing.
            while len(found) > wanted and not found[-1]:
                found.pop()
            if len(found) != wanted:
                raise ValueError(_wrong_width(number, found, header, dialect))
            cells.append(found)
    except csv.Error as cause:
        number = rows[min(begin, len(rows) - 1)].number
        raise csv.Error(f"line {number}: {cause}") from cause
    return cells, [f"{empty} empty row(s) were left out"] if empty else []


def _wrong_width(number: int, found: list[str], header: Header, dialect: Dialect) -> str:
    comma = dialect.delimiter == "," and len(found) > len(header.cells)
    if len(found) == 1:
        remedy = f"remove it, or begin its line with {COMMENT}, if it is a note"
    elif comma:
        remedy = (
            "quote cells that hold commas, or separate columns by semicolons if numbers have "
            "decimal commas"
        )
    else:
        remedy = (
            "give every row a cell for each column, and quote cells that hold what separates them"
        )
    return (
        f"has {len(found)} cells in line {number} ({', '.join(found)[:MOST_CHARACTERS]}), but "
        f"{len(header.cells)} columns in its header in line {header.number}; {remedy}"
    )


def _looks_like_a_row(line: Line, header: Header, dialect: Dialect) -> bool:
    cells = _split(line.text.strip().lstrip(COMMENT), dialect)
    return line.number > header.number and len(cells) == len(header.cells)
