"""Tables for people and for pipes."""

import json

import pytest
from rich.table import Table

from ejmap_cli.printing import print_json, table_lines


@pytest.fixture
def table() -> Table:
    """Two columns, one of numbers, with text that looks like a style."""
    table = Table(box=None, pad_edge=False)
    table.add_column("method", overflow="fold")
    table.add_column("F1", justify="right")
    table.add_row("[bold]rule", "0.5")
    table.add_row("map", "0.125")
    return table


def test_a_table_in_a_pipe_is_aligned_plain_text(table: Table) -> None:
    """Without styles, frames or spaces at the end, and cells are taken literally."""
    lines = table_lines(table, is_terminal=False, indent=3)

    assert lines == [
        "   method         F1",
        "   [bold]rule    0.5",
        "   map         0.125",
    ]


def test_a_wide_table_in_a_pipe_is_not_folded(table: Table, monkeypatch) -> None:
    """Its lines are read by programs."""
    monkeypatch.setenv("COLUMNS", "40")
    table.add_row("x" * 200, "1")

    assert "x" * 200 in table_lines(table, is_terminal=False)[-1]


def test_a_table_on_a_terminal_folds_and_has_a_heading_in_bold(table: Table, monkeypatch) -> None:
    """Nothing of a long cell is lost."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("NO_COLOR", raising=False)
    table.add_row("x" * 100, "1")

    lines = table_lines(table, is_terminal=True)

    assert lines[0].startswith("\x1b[1m")
    assert "".join(lines).count("x") == 100
    assert max(line.count("x") for line in lines) <= 40


def test_json_keeps_letters_of_every_alphabet(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of craters are written as they are."""
    print_json({"name": "Bashō"})

    shown = capsys.readouterr().out
    assert "Bashō" in shown
    assert json.loads(shown) == {"name": "Bashō"}
