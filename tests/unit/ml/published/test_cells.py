"""Cells of a published table become values, or sentences; they are never executed."""

from pathlib import Path

import pytest

from ejmap_ml.errors import ConfigError
from ejmap_ml.published.cells import Cells


def _cell(text: str) -> Cells:
    return Cells({"column": text})


def test_values_are_read_as_the_published_program_reads_them() -> None:
    """With spaces, and whole numbers that a spreadsheet wrote with a point."""
    assert _cell(" True ").truth("column") is True
    assert _cell("5e-05").number("column") == 5e-5
    assert _cell("10.0").integer("column") == 10
    assert _cell("[42, 43,60]").integers("column") == (42, 43, 60)
    assert _cell("61").integers("column") == (61,)
    assert _cell("(2,5)").pair("column") == (2, 5)
    assert _cell("( 0.5, 3 )").pair("column") == (0.5, 3)


@pytest.mark.parametrize("text", ["", "  ", "nan", "NaN", "None", "<NA>"])
def test_empty_cells_are_blank(text: str) -> None:
    """Whatever wrote the table; so is a column that is not there."""
    assert _cell(text).is_blank("column")
    assert Cells({}).is_blank("column")
    with pytest.raises(ConfigError, match="column is empty; fill it in"):
        _cell(text).text("column")


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (Cells.truth, "Trgediue", "True or False, found 'Trgediue'"),
        (Cells.number, "fast", "a number, found 'fast'"),
        (Cells.number, "inf", "a number, found 'inf'"),
        (Cells.integer, "2.5", "a whole number, found '2.5'"),
        (Cells.integers, "[1, 2", "a list such as"),
        (Cells.integers, "[1; 2]", "a list such as"),
        (Cells.integers, "[-1]", "a list such as"),
        (Cells.integers, "[9999999]", "a list such as"),
        (Cells.integers, "[" + "1," * 1500 + "1]", "a list such as"),
        (Cells.pair, "(2,5,6)", "a pair such as"),
        (Cells.pair, "2,5", "a pair such as"),
        (Cells.text, "x" * 5000, "5000 characters"),
    ],
)
def test_what_a_column_is_not_for_is_refused(read, text: str, message: str) -> None:
    """The column and what it holds are named."""
    with pytest.raises(ConfigError, match=f"^column .*{message}"):
        read(_cell(text), "column")


def test_code_in_a_cell_is_not_run(tmp_path: Path) -> None:
    """The published program evaluates this column."""
    trace = tmp_path / "trace"
    cell = _cell(f"(2, __import__('pathlib').Path({str(trace)!r}).touch() or 5)")

    with pytest.raises(ConfigError, match="a pair such as"):
        cell.pair("column")
    with pytest.raises(ConfigError, match="a list such as"):
        cell.integers("column")

    assert not trace.exists()
