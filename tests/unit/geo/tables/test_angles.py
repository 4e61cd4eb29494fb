"""Angles as people write them, against degrees by hand."""

import time

import pandas as pd
import pytest

from ejmap_geo.tables.angles import angles_of


def _read(*cells: object, letters: str = "EW") -> list[object]:
    return angles_of(pd.Series(cells, dtype=object), letters=letters).cells.tolist()


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("30E", 30),
        ("30.5 W", -30.5),
        ("w30.5", -30.5),
        ("30\u00b0", 30),
        ("-30\u00b030'", -30.5),
        ("\u22120\u00b030'", -0.5),
        ("16\u00b039'36\"E", 16.66),
        ("16\u00b0 39\u2032 36\u2033 W", -16.66),
        ("16\u00b0 39' 36'' W", -16.66),
        ("16:39:36", 16.66),
        ("-16:39", -16.65),
        ("16d39m36s", 16.66),
        ("16 39 36 E", 16.66),
        ("16 deg 39 min", 16.65),
        ("16,65\u00b0", 16.65),
        ("16\u00b039,6'", 16.66),
        ("350 degrees", 350),
    ],
)
def test_a_letter_or_signs_make_an_angle(text: str, degrees: float) -> None:
    """With minutes of a sixtieth and seconds of a sixtieth of these."""
    assert _read(text) == [pytest.approx(degrees)]


@pytest.mark.parametrize(
    "text",
    ["30", "-30.5", "", "57 000", "1e5", "30N", "-30W", "E30W", "16:60", "16.5:30", "16 39 36",
     "57 km", "2026-11-29", "East", "16h39m", "30\u00b0E5",
     "1639'", "57'"],
)  # fmt: skip
def test_what_is_no_angle_of_this_axis_stays_as_it_is(text: str) -> None:
    """Plain numbers, the letters of the other axis, and what could mean two things."""
    assert _read(text) == [text]


def test_south_and_seconds_are_told_apart() -> None:
    """Both are an s."""
    assert _read("33d57m36s", "33d57m36s S", letters="NS") == pytest.approx([33.96, -33.96])


def test_letters_stand_in_every_row_or_in_none() -> None:
    """But 0 and 180 degrees are the same place with either letter."""
    angles = angles_of(pd.Series(["30E", "0", "180"], dtype=object), letters="EW")

    assert angles.has_letters
    assert angles.cells.tolist() == [30.0, "0", "180"]
    with pytest.raises(ValueError, match="holds 30E with a letter and 45 without one"):
        _read("30E", "45")


@pytest.mark.parametrize(
    "cell", ["1" * 9000 + "!", "1" + " " * 9000 + "!", "1:" + " " * 9000 + "1!"]
)
def test_a_long_cell_takes_no_time(cell: str) -> None:
    """Where each number may give digits back to the next, 800 digits take 18 s."""
    begun_s = time.process_time()

    assert _read(cell) == [cell]
    assert time.process_time() - begun_s < 1
