"""Tables and JSON as text."""

import io
import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

# Wider than any table: lines in a file are not folded.
PLAIN_COLUMNS = 1000


def table_lines(table: "Table", *, is_terminal: bool, indent: int = 0) -> list[str]:
    """Return a table as lines: folded to the width of a terminal and styled there, else plain.

    Args:
        table: The table.
        is_terminal: Whether a terminal will show the lines.
        indent: Number of spaces before each line.
    """
    # Not at the top, as everywhere in this package: a command's help must not wait for imports.
    from rich.console import Console
    from rich.padding import Padding

    stream = io.StringIO()
    console = Console(
        file=stream,
        force_terminal=is_terminal,
        width=None if is_terminal else PLAIN_COLUMNS,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(Padding(table, (0, 0, 0, indent), expand=False))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def print_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
