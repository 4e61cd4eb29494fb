"""How a person states what a file does not say, in the words of a remedy.

`ejmap new` and `ejmap map` take options; a project that is already made has keys in its
`project.yaml`. The same sentence about a file is read at both, so a remedy names both.
"""

import json
import re
import shlex
from collections.abc import Callable

SOURCE = "under source in project.yaml"
PAD = f"--pad, or pad: true {SOURCE}"
WEST_POSITIVE = f"--west-positive, or west_positive: true {SOURCE}"
NOT_WEST_POSITIVE = f"leave out --west-positive (west_positive {SOURCE})"
MASKS = f"--masks, or masks {SOURCE}"
# Returns how it is stated which column of a table is one of ours: from the name of ours, and what
# it is in the table.
StateColumn = Callable[[str, str], str]
# What YAML reads as text between braces without quotes.
PLAIN = re.compile(r"\w[\w ()*/+.-]*")


def value_range(low: object = "LOW", high: object = "HIGH") -> str:
    """Return how the values of black and white are stated."""
    return f"--value-range {low} {high}, or value_range: [{low}, {high}] {SOURCE}"


def column(role: str, text: str) -> str:
    """Return how it is stated which column of a table is one of ours.

    Args:
        role: The column of ours.
        text: What it is in the table, such as ``R_km*1000``.
    """
    option = shlex.quote(f"{role}={text}")
    value = text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
    return f"--column {option}, or columns: {{{role}: {value}}} {SOURCE}"


def bands(text: str) -> str:
    """Return how the meaning of bands is stated.

    Args:
        text: ``grey``, ``rgb``, ``mercury-enhanced``, or names with commas in between.
    """
    value = f"[{text.replace(',', ', ')}]" if "," in text else text
    return f"--bands {text}, or bands: {value} in project.yaml"
