"""Text of strangers: one clean line as a name, visible characters in a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.plain_text import LONGEST_MESSAGE, LONGEST_NAME, called, clean_message, clean_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hokusai", "Hokusai"),
        ("Abedin\nevil", "Abedin evil"),
        ("  Debussy\t \r\n", "Debussy"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07Kuiper", "Kuiper"),
        ("right\u202eleft", "right left"),
        ("nul\x00byte", "nul byte"),
        ("Mondé, Hörby, Ōkyo, 北斎", "Mondé, Hörby, Ōkyo, 北斎"),
        ("x" * 10**6, "x" * LONGEST_NAME),
        ("\ud800", ""),
    ],
)
def test_a_name_is_one_clean_line(text: str, name: str) -> None:
    """Whatever a table holds."""
    assert clean_name(text) == name


@given(st.text(st.characters(), max_size=300))
def test_a_name_is_short_and_cleaning_it_again_changes_nothing(text: str) -> None:
    """So that names written to a table are read back as they are."""
    name = clean_name(text)

    assert len(name) <= LONGEST_NAME
    assert "\n" not in name
    assert clean_name(name) == name


def test_a_message_keeps_its_lines_its_beginning_and_its_end() -> None:
    """A megabyte of somebody's text is no message."""
    told = clean_message("settings have 2 mistakes:\n  \x1b[2Jfirst" + "x" * 10**6 + "; do this")

    assert len(told) <= LONGEST_MESSAGE + 10
    assert told.startswith("settings have 2 mistakes:\n  first")
    assert told.endswith("x; do this")


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("chaikovskij", [0, 3]),
        ("POLYGNOTUS", [1]),
        ("Nervo", [2]),
        ("Ng\u0169g\u0129", [4]),
        ("Ngugi", [4]),
        ("", []),
        ("nobody", []),
    ],
)
def test_names_are_found_in_any_case_and_without_their_accents(
    name: str, places: list[int]
) -> None:
    """A name with its accents is not taken for another without them."""
    names = [
        "Chaikovskij",
        "Polygnotus",
        "Nervo",
        "chaikovskij",
        "Ng\u0169g\u0129",
        "Nerv\u00f3",
        "",
    ]

    assert called(name, names) == places
