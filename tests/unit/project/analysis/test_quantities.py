"""Declarations of quantities: complete, told apart, and the same in schema, table and page."""

from pathlib import Path

import pytest

from ejmap_project.analysis.map_quantities import CLEAN, OF_RAY, PatternsTable, RayTable
from ejmap_project.analysis.quantities import OF_CRATER, PatternTable
from ejmap_project.analysis.quantities_page import quantities_page
from ejmap_project.analysis.quantity import Quantity

PAGE = Path(__file__).parents[4] / "docs" / "quantities.md"


def test_the_page_is_made_from_the_declarations() -> None:
    """Whoever changes a quantity runs ``make quantities``."""
    assert PAGE.read_text(encoding="utf-8") == quantities_page()


@pytest.mark.parametrize(
    "quantity", [*OF_CRATER, *CLEAN, *OF_RAY], ids=lambda one: getattr(one, "name", "")
)
def test_each_quantity_has_unit_formula_source_and_interval(quantity: Quantity) -> None:
    """None of them is left open; where there is no interval, the reason stands there."""
    assert all((quantity.unit, quantity.meaning, quantity.formula, quantity.source))
    assert quantity.interval
    assert not quantity.interval.startswith("none") or quantity.interval.startswith("none: ")


def test_columns_of_tables_are_the_quantities() -> None:
    """Each table begins with the crater and describes every column."""
    of_crater = [one.name for one in OF_CRATER]
    tables = {
        PatternTable: of_crater,
        PatternsTable: [*of_crater, *(one.name for one in CLEAN)],
        RayTable: [one.name for one in OF_RAY],
    }

    for table, names in tables.items():
        columns = table.to_schema().columns
        assert [*columns] == ["crater_id", "crater", *names]
        assert all(column.description for column in columns.values())
