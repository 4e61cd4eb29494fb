"""The table of splits against hand arithmetic."""

import math

import pandas as pd
import pytest

from ejmap_project.comparison.split_scores import maps_by_split, split_table


def _members() -> pd.DataFrame:
    rows = [
        {"name": name, "split": split, "map_test_pixel_f1": pixel, "map_test_tile_f1": 2 * pixel}
        for name, split, pixel in (
            ("many", 1, 0.2),
            ("many", 1, 0.4),
            ("many", 2, 0.1),
            ("many", 3, 0.2),
            ("few", 9, 0.9),
        )
    ]
    return pd.DataFrame(rows).astype({"split": "Int64"})


def test_splits_count_by_the_mean_of_their_members() -> None:
    """Means .3, .1 and .2 over three splits: .2 +- .1 / sqrt 3; the best split is the first."""
    table = split_table(maps_by_split(_members())).set_index(["scope", "level", "metric"])

    row = table.loc[("test", "pixel", "f1")]
    assert row["splits"] == 3
    assert row["mean"] == pytest.approx(0.2)
    assert row["standard_error"] == pytest.approx(0.1 / math.sqrt(3))
    assert (row["min"], row["max"]) == pytest.approx((0.1, 0.3))
    assert row["best_split"] == 1
    assert table.loc[("test", "tile", "f1"), "at_best_split"] == pytest.approx(0.6)
    assert len(table) == 2


def test_without_maps_there_is_no_table() -> None:
    """Members that were only trained have no map."""
    members = _members()[["name", "split"]]

    assert split_table(maps_by_split(members)).empty
