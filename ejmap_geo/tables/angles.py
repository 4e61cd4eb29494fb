"""Angles in cells as people write them: ``30.5 W``, ``16°39'00"``, ``-33:57:04``, ``16d39m E``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ejmap_geo.tables.numbers import to_numbers

# Nothing is given back: else 1639' would be 163 degrees and 9 minutes, and long cells take hours.
NUMBER = r"\d++(?:[.,]\d*+)?+"
ANGLE = re.compile(
    rf"""(?P<before>[NSEW])?\s*+(?P<sign>[-+])?\s*+
    (?P<degrees>{NUMBER})\s*+(?P<degree_mark>[\u00b0\u00ba\u02da:]|d(?:eg(?:rees?)?)?\b|d(?=\d))?\s*+
    (?:(?P<minutes>{NUMBER})\s*+(?P<minute_mark>['\u2032\u2019:]|m(?:in)?(?![a-z]))?\s*+
    (?:(?P<seconds>{NUMBER})\s*+(?P<second_mark>["\u2033\u201d]|''|s(?:ec)?\b)?)?)?
    \s*+(?P<after>[NSEW])?""",
    re.VERBOSE | re.IGNORECASE,
)
SIXTY = 60
# The same place with either letter.
WITHOUT_LETTER = frozenset({0.0, 180.0})
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})


@dataclass(frozen=True, slots=True)
class Angles:
    """A column of angles.

    Attributes:
        cells: The column: degrees where an angle stood, and all other cells as they are.
        example: The first angle and its degrees; None if the column holds none.
        has_letters: Whether letters say which way the angles count.
    """

    cells: pd.Series
    example: tuple[str, float] | None = None
    has_letters: bool = False


def angles_of(column: pd.Series, *, letters: str) -> Angles:
    """Return a column with its angles as degrees.

    An angle has a letter, or marks of degrees, minutes or seconds. Plain numbers are left to
    :mod:`ejmap_geo.tables.numbers`, and what is neither stays as it is.

    Args:
        column: Numbers and text.
        letters: The letter of positive angles and that of negative ones: ``EW`` or ``NS``.

    Raises:
        ValueError: If some rows have letters and others do not.
    """
    cells: list[object] = list(column)
    found = [_angle(cell, letters) for cell in cells]
    examples = [
        (str(cell).strip(), one[0])
        for cell, one in zip(cells, found, strict=True)
        if one is not None
    ]
    if not examples:
        return Angles(column)
    has_letter = [one is not None and one[1] != "" for one in found]
    _require_letters(cells, has_letter)
    read = [cell if one is None else one[0] for cell, one in zip(cells, found, strict=True)]
    return Angles(
        pd.Series(read, index=column.index, dtype=object), examples[0], has_letters=any(has_letter)
    )


def _require_letters(cells: Sequence[object], has_letter: Sequence[bool]) -> None:
    if not any(has_letter):
        return
    lettered = str(cells[has_letter.index(True)]).strip()
    plain = to_numbers(pd.Series(cells, dtype=object)).to_numpy(np.float64)
    for cell, number, is_lettered in zip(cells, plain, has_letter, strict=True):
        if not is_lettered and np.isfinite(number) and abs(number) not in WITHOUT_LETTER:
            raise ValueError(
                f"holds {lettered} with a letter and {cell} without one; write the letter in every "
                "row or in none"
            )


def _angle(cell: object, letters: str) -> tuple[float, str] | None:
    """Return degrees and the letter of an angle; None for a cell that is none."""
    if not isinstance(cell, str):
        return None
    found = ANGLE.fullmatch(cell.strip().translate(MINUS))
    if found is None:
        return None
    given = (found["before"] or "", found["after"] or "")
    letter = "".join(given).upper()
    # A sign and a letter, or two letters, contradict each other.
    if len(letter) > 1 or (letter and (found["sign"] or letter not in letters)):
        return None
    marks = [found[name] for name in ("degree_mark", "minute_mark", "second_mark")]
    is_marked = any(mark and mark.strip() for mark in marks)
    if not (letter or is_marked):
        return None
    parts = [found[name] for name in ("degrees", "minutes", "seconds") if found[name]]
    values = [float(part.replace(",", ".")) for part in parts]
    # Only the last part may have a fraction.
    is_whole = all(part.isdigit() for part in parts[:-1])
    if not is_whole or any(value >= SIXTY for value in values[1:]):
        return None
    degrees = sum(value / SIXTY**place for place, value in enumerate(values))
    return -degrees if letter == letters[1] or found["sign"] == "-" else degrees, letter
