"""Columns that a person names: ``radius_m=R_km*1000``."""

import re
from typing import NamedTuple, Self

from ejmap_geo.craters.crater_table import COLUMNS

SCALED = re.compile(r"(?P<name>.+?)\s*(?P<sign>[*/])\s*(?P<number>[-+]?[\d.]+([eE][-+]?\d+)?)")
# Columns of words, which nothing can be multiplied with.
WORDS = frozenset({"crater_id", "name", "labelled"})


class StatedColumn(NamedTuple):
    """A column of a table, and what its numbers are multiplied by."""

    name: str
    factor: float = 1.0

    @classmethod
    def parse(cls, role: str, text: str, *, found: tuple[str, ...] = ()) -> Self:
        """Read ``NAME``, ``NAME*NUMBER`` or ``NAME/NUMBER``.

        Args:
            role: The column of ours that it is to be.
            text: What was stated.
            found: Columns of the table, which may have such signs in their names.

        Raises:
            ValueError: If there is no such column of ours, or a factor is no number or zero; the
                sentence goes on after the name of the setting.
        """
        if role not in COLUMNS:
            raise ValueError(f"must be of {', '.join(COLUMNS)}, not of {role}")
        if not text.strip():
            raise ValueError(f"must name a column for {role}, as NAME or NAME*NUMBER")
        scaled = None if text in found else SCALED.fullmatch(text.strip())
        if scaled is None:
            return cls(text.strip())
        try:
            factor = float(scaled["number"])
        except ValueError:
            factor = 0.0
        if factor == 0 or role in WORDS:
            raise ValueError(
                f"must give {role} as NAME, or as NAME*NUMBER if it holds numbers, not as {text!r}"
            )
        return cls(scaled["name"], factor if scaled["sign"] == "*" else 1 / factor)
