"""Numbers as people write them, against what they mean."""

import time

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.tables.numbers import is_missing, numbers_of, to_numbers


def _read(*cells: object) -> list[float]:
    return numbers_of({"column": pd.Series(cells, dtype=object)})["column"].tolist()


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (("1.5", "-2", "+3e2", ".5", "4."), [1.5, -2, 300, 0.5, 4]),
        (("1,5", "57.000", "1.234,5", "0,125"), [1.5, 57_000, 1234.5, 0.125]),
        (("1.5", "57,000", "1,234.5"), [1.5, 57_000, 1234.5]),
        (("57,000", "1,234,567"), [57_000, 1_234_567]),
        (("57 000", "57\u202f000", "57'000", "1\u00a0234\u00a0567"), [57e3, 57e3, 57e3, 1234567]),
        (("\u22122.5", "12.345", "57000"), [-2.5, 12.345, 57_000]),
        ((1, 2.5, np.int64(3)), [1, 2.5, 3]),
    ],
)
def test_decimal_signs_and_thousands_are_told_by_all_numbers(
    cells: tuple[object, ...], meant: list[float]
) -> None:
    """12.345 has a decimal point, unless another number shows that commas are decimal signs."""
    assert _read(*cells) == meant


@pytest.mark.parametrize(
    "cell", ["", "n/a", "57 km", "1_000", "0x10", "inf", "16:39", "1 2", True, None, "1,2,3", "--"]
)
def test_what_is_no_number_is_nan(cell: object) -> None:
    """Python would read some of them."""
    assert np.isnan(_read("2.5", cell)[1])


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (("57,000", "17"), "holds 57,000, which may be 57.000 or 57000"),
        (("16,65", "1,234,567"), r"mixes decimal commas and points \(16,65 and 1,234,567\)"),
        (("16,65", "57.84"), r"mixes decimal commas and points \(16,65 and 57.84\)"),
    ],
)
def test_numbers_that_can_be_read_in_two_ways_are_refused(
    cells: tuple[str, ...], sentence: str
) -> None:
    """In a sentence that names one."""
    with pytest.raises(ValueError, match=sentence):
        _read(*cells)


def test_columns_share_their_decimal_sign() -> None:
    """A radius of 57,000 is read by the decimal comma of a longitude."""
    lon, radius = pd.Series(["16,65"], dtype=object), pd.Series(["57.000"], dtype=object)

    assert numbers_of({"lon": lon, "radius": radius})["radius"].tolist() == [57_000]


def test_dates_and_truth_values_are_no_numbers() -> None:
    """Pandas makes nanoseconds and ones of them."""
    columns = {
        "when": pd.Series(pd.to_datetime(["2026-11-29"])),
        "is": pd.Series([True]),
        "count": pd.Series([3], dtype="Int64"),
    }

    numbers = numbers_of(columns)

    assert np.isnan([numbers["when"][0], numbers["is"][0]]).all()
    assert numbers["count"].tolist() == [3]


def test_words_for_nothing_are_missing() -> None:
    """A name that begins like one is not."""
    cells = pd.Series(["", "NaN", "n/a", "None", "-", "Nansen", "0", None], dtype=object)

    assert is_missing(cells).tolist() == [True] * 5 + [False, False, True]


def test_cells_become_numbers_and_end_no_process() -> None:
    """The second cell crashes pandas.to_numeric, with the whole process."""
    cells = pd.Series(["1.5", f"1e4009{'9' * 100}", "1_0", "text", None, True, 7, 10**400, pd.NA])

    found = to_numbers(cells)

    np.testing.assert_array_equal(found, [1.5] + [np.inf] + [np.nan] * 3 + [1, 7] + [np.nan] * 2)


def test_a_cell_of_many_digits_is_no_number_and_costs_no_time() -> None:
    """A pattern that can split digits in two ways tries all of them: 5 s of CPU for 60,000."""
    begun = time.process_time()

    read = _read("9" * 60_000 + "x", "1.5", "9" * 60_000)

    assert np.isnan([read[0], read[2]]).all()
    assert read[1] == 1.5
    assert time.process_time() - begun < 1
