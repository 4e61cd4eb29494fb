"""Cells of a published table: text that becomes a value or a sentence, and is never executed."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self, TypeVar

from ejmap_ml.errors import ConfigError

Value = TypeVar("Value")

# How the published tables and the programs that people edit them with leave a cell empty.
BLANKS = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>"})
MOST_CHARACTERS = 4000
MOST_ITEMS = 1000
TRUTH = {"true": True, "false": False}
INTEGERS = re.compile(r"\[\s*\d{1,6}(?:\s*,\s*\d{1,6})*\s*\]|\d{1,6}")
PAIR = re.compile(r"[(\[]\s*(\d{1,4}(?:\.\d{1,6})?)\s*,\s*(\d{1,4}(?:\.\d{1,6})?)\s*[)\]]")


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row, by column.

    Every method raises ConfigError with the column and what it holds when that is not what the
    column is for.
    """

    values: Mapping[str, str]

    def is_blank(self, column: str) -> bool:
        """Return whether the column is empty in this row, or not there at all."""
        return self._text(column).lower() in BLANKS

    def unless_blank(self, column: str, read: Callable[[Self, str], Value]) -> Value | None:
        """Return what one of the methods below reads, None where the column is empty."""
        return None if self.is_blank(column) else read(self, column)

    def text(self, column: str) -> str:
        """Return a text that must not be empty."""
        if self.is_blank(column):
            raise ConfigError(f"{column} is empty; fill it in")
        return self._text(column)

    def truth(self, column: str) -> bool:
        """Return True or False."""
        text = self.text(column)
        if text.lower() not in TRUTH:
            raise ConfigError(f"{column} must be True or False, found {text!r}; correct it")
        return TRUTH[text.lower()]

    def number(self, column: str) -> float:
        """Return a finite number."""
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ConfigError(f"{column} must be a number, found {text!r}; correct it")
        return value

    def integer(self, column: str) -> int:
        """Return a whole number, which some programs write as ``10.0``."""
        value = self.number(column)
        if not value.is_integer():
            raise ConfigError(
                f"{column} must be a whole number, found {self._text(column)!r}; correct it"
            )
        return int(value)

    def integers(self, column: str) -> tuple[int, ...]:
        """Return the whole numbers of a list such as ``[42, 43]``, none below zero."""
        text = self.text(column)
        found = re.findall(r"\d+", text) if INTEGERS.fullmatch(text) else []
        if not 0 < len(found) <= MOST_ITEMS:
            raise ConfigError(
                f"{column} must be a list such as [42, 43], found {_shown(text)}; correct it"
            )
        return tuple(int(item) for item in found)

    def pair(self, column: str) -> tuple[float, float]:
        """Return the two numbers of a pair such as ``(2,5)``, none below zero."""
        text = self.text(column)
        match = PAIR.fullmatch(text)
        if match is None:
            raise ConfigError(
                f"{column} must be a pair such as (2,5), found {_shown(text)}; correct it"
            )
        return float(match[1]), float(match[2])

    def filled(self, prefix: str) -> dict[str, str]:
        """Return the columns that begin with ``prefix`` and hold something."""
        return {
            column: self._text(column)
            for column in self.values
            if column.startswith(prefix) and not self.is_blank(column)
        }

    def _text(self, column: str) -> str:
        text = self.values.get(column, "").strip()
        if len(text) > MOST_CHARACTERS:
            raise ConfigError(
                f"{column} holds {len(text)} characters, more than the {MOST_CHARACTERS} that any "
                "setting needs; correct it"
            )
        return text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")
