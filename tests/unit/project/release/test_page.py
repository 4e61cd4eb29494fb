"""Headings of tables on pages."""

import pandas as pd
import pytest

from ejmap_project.release.page import column_words, table_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shared_km2", "shared, km\N{SUPERSCRIPT TWO}"),
        ("longest_ray_km", "longest ray, km"),
        ("azimuth_deg", "azimuth, \N{DEGREE SIGN}"),
        ("share_of_other", "share of other"),
        ("km", "km"),
    ],
)
def test_a_unit_stands_behind_a_comma(name: str, words: str) -> None:
    """Only at the end of a name that says more than it."""
    assert column_words(name) == words
    assert table_of(pd.DataFrame({name: [1]}), caption="", most_rows=1).columns == [words]
