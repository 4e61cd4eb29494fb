"""Columns that a person names: ``radius_m=R_km*1000``, ``lat_deg=90-colatitude``."""

import math
import re
from typing import NamedTuple, Self

from ejmap_geo.craters.crater_table import COLUMNS

UNSIGNED = r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
SIGNED = rf"[-+]?{UNSIGNED}"
# One column, which numbers multiply, divide and shift. The shortest name that fits is meant.
LINEAR = re.compile(
    rf"(?:(?P<start>{SIGNED})\s*(?P<sign>[-+])\s*|(?P<minus>-)\s*)?"
    rf"(?:(?P<times>{UNSIGNED})\s*\*\s*)?"
    rf"(?P<name>.+?)(?P<scales>(?:\s*[*/]\s*{SIGNED})*)"
    rf"(?:\s*(?P<shift>[-+]\s*{UNSIGNED}))?"
)
SCALE = re.compile(rf"(?P<sign>[*/])\s*(?P<number>{SIGNED})")
FORMS = "NAME, or NAME with numbers such as NAME*1000, NAME/42576+180 or 90-NAME"
# Columns of words, with which nothing can be computed.
WORDS = frozenset({"crater_id", "name", "labelled"})


class StatedColumn(NamedTuple):
    """A column of a table, what its numbers are multiplied by, and what is added then."""

    name: str
    factor: float = 1.0
    offset: float = 0.0

    @classmethod
    def parse(cls, role: str, text: str, *, found: tuple[str, ...] = ()) -> Self:
        """Read a name, or a sum of a number and a name that numbers multiply or divide.

        Args:
            role: The column of ours that it is to be.
            text: What was stated.
            found: Columns of the table, which may have such signs in their names.

        Raises:
            ValueError: If there is no such column of ours, or a factor is zero or too large; the
                sentence goes on after the name of the setting.
        """
        if role not in COLUMNS:
            raise ValueError(f"must be of {', '.join(COLUMNS)}, not of {role}")
        text = text.strip()
        if not text:
            raise ValueError(f"must name a column for {role}, as {FORMS}")
        linear = None if text in found else LINEAR.fullmatch(text)
        if linear is None:
            return cls(text)
        stated = cls(linear["name"], _factor(linear), _offset(linear))
        if role in WORDS:
            if linear["scales"] or linear["times"]:
                raise ValueError(f"must give {role} as NAME alone, not as {text!r}")
            return cls(text)
        if stated.factor == 0 or not math.isfinite(stated.factor + stated.offset):
            raise ValueError(f"must give {role} as {FORMS}, not as {text!r}")
        return stated


def _factor(linear: re.Match[str]) -> float:
    factor = float(linear["times"] or 1)
    for one in SCALE.finditer(linear["scales"]):
        number = float(one["number"])
        if one["sign"] == "*":
            factor *= number
        else:
            factor = factor / number if number else 0.0
    return -factor if linear["minus"] or linear["sign"] == "-" else factor


def _offset(linear: re.Match[str]) -> float:
    shift = (linear["shift"] or "0").replace(" ", "")
    return float(linear["start"] or 0) + float(shift)
