"""Units in a row of their own and in cells."""

import pandas as pd
import pytest

from ejmap_geo.tables.units import lengths_of, with_row_of_units


def _table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=object)


def test_a_row_of_units_moves_into_the_names() -> None:
    """Names that state their unit already stay as they are."""
    table = _table(id=["", "1"], lon=["deg", "30"], R=["[km]", "57"], reach_m=["m", "9e5"])

    read, notes = with_row_of_units(table)

    assert list(read.columns) == ["id", "lon (deg)", "R (km)", "reach_m"]
    assert read.to_numpy().tolist() == [["1", "30", "57", "9e5"]]
    assert notes == ["the first row holds units: lon in deg, R in [km], reach_m in m"]


@pytest.mark.parametrize(
    "first",
    [{"name": "km", "lon": "30"}, {"name": "Hokusai", "lon": "deg"}, {"name": "", "lon": ""}],
)
def test_a_row_of_values_is_no_row_of_units(first: dict[str, str]) -> None:
    """One number, or one word that is neither a unit nor a word for none, makes it values."""
    table = _table(**{name: [cell, "1"] for name, cell in first.items()})

    assert with_row_of_units(table)[0] is table


def test_a_unit_below_a_name_with_another_is_refused() -> None:
    """Nobody knows which of them is right."""
    with pytest.raises(ValueError, match="'km' in the row of units below column 'radius_m'"):
        with_row_of_units(_table(radius_m=["km", "57"], lon=["deg", "1"]))


def test_units_in_cells_bring_each_number_to_metres() -> None:
    """Decimal signs are left to who reads the numbers."""
    sizes = lengths_of(pd.Series(["57 km", "57000m", "1,5 km", None], dtype=object))

    assert sizes.cells.tolist()[:3] == ["57", "57000", "1,5"]
    assert sizes.factors is not None
    assert sizes.factors.tolist()[:3] == [1000, 1, 1000]
    with pytest.raises(ValueError, match="holds 57 km with a unit and 57000 without one"):
        lengths_of(pd.Series(["57 km", "57000"], dtype=object))
    assert lengths_of(pd.Series(["57", "5 miles", "km"], dtype=object)).factors is None
