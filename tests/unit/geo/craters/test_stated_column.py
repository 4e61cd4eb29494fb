"""What may be computed with a column that a person states."""

import pytest

from ejmap_geo.craters.stated_column import StatedColumn


@pytest.mark.parametrize(
    ("text", "name", "of_10"),
    [
        ("R_km", "R_km", 10),
        ("R_km*1000", "R_km", 10_000),
        ("R_km * 1e3", "R_km", 10_000),
        ("D/2", "D", 5),
        ("D (km)*500", "D (km)", 5000),
        ("1000*R", "R", 10_000),
        ("90-colat", "colat", 80),
        ("90 - colat*2", "colat", 70),
        ("-lon", "lon", -10),
        ("x/5+180", "x", 182),
        ("x - 0.5", "x", 9.5),
        ("lon_rad*180/3.14159265", "lon_rad", 572.957795),
        ("Lon-E", "Lon-E", 10),
        ("a*b", "a*b", 10),
    ],
)
def test_numbers_multiply_and_shift_one_column(text: str, name: str, of_10: float) -> None:
    """Of a column that holds 10; by hand."""
    column = StatedColumn.parse("lon_deg", text)

    assert column.name == name
    assert 10 * column.factor + column.offset == pytest.approx(of_10)


def test_a_column_whose_name_holds_signs_is_that_column() -> None:
    """Names of the table go before arithmetic."""
    assert StatedColumn.parse("lat_deg", "90-colat", found=("90-colat",)) == ("90-colat", 1.0, 0.0)


@pytest.mark.parametrize("text", ["R*0", "R/0", "R*1e999", "", " "])
def test_what_gives_no_number_is_refused(text: str) -> None:
    """With the forms that there are."""
    with pytest.raises(ValueError, match=r"as NAME, or NAME with numbers such as NAME\*1000"):
        StatedColumn.parse("radius_m", text)


@pytest.mark.parametrize(
    "text", ["__import__('os').system('x')", "(x+1)*2", "sin(x)", "x**2", "x+y", "x" * 5000 + "*"]
)
def test_everything_else_is_the_name_of_a_column(text: str) -> None:
    """Nothing is computed but one product and one sum."""
    assert StatedColumn.parse("lon_deg", text).name in text


def test_words_are_not_computed_with() -> None:
    """A name may hold a minus."""
    assert StatedColumn.parse("name", "Name-2") == ("Name-2", 1.0, 0.0)
    with pytest.raises(ValueError, match="must give name as NAME alone"):
        StatedColumn.parse("name", "Name*2")
