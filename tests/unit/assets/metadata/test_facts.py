"""Tables and numbers in metadata."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_assets.metadata.facts import metadata_of, table_metadata
from ejmap_project.artefact import Markdown, known_numbers
from ejmap_project.paths import ProjectPaths
from ejmap_project.pictures.picture_store import PictureStore


def test_a_score_that_does_not_exist_leaves_its_cell_empty() -> None:
    """A NaN becomes an empty cell, because the UI parses strict JSON."""
    table = pd.DataFrame({"method": ["rule"], "tile_f1": [np.nan], "pixel_f1": [0.41234567]})

    record = table_metadata(table).records[0].data

    assert record == {"method": "rule", "tile_f1": "", "pixel_f1": 0.4123}
    json.dumps(record, allow_nan=False)


def test_numbers_that_are_not_there_are_left_out_of_metadata() -> None:
    """NaN values are omitted from metadata, because JSON has none and the UI would show nothing."""
    assert known_numbers({"f1": 0.5, "ceiling_f1": math.nan}) == {"f1": 0.5}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.568509386542782, 0.568509),
        (64_691_077.307, 64_691_077.0),
        (78_786.83455578054, 78_786.8),
        (1.5e-7, 1.5e-7),
        (0.0, 0.0),
        (-3.14159265, -3.14159),
    ],
)
def test_numbers_have_the_digits_that_people_read(
    tmp_path: Path, number: float, shown: float
) -> None:
    """Six of them; what stands before the point is kept whole."""
    store = PictureStore(paths=ProjectPaths(tmp_path), asset="a", partition=None)

    assert metadata_of({"number": number}, store) == {"number": shown}


def test_what_is_looked_at_comes_first(tmp_path: Path) -> None:
    """Links and pictures stand above numbers and long tables, each in the order that was given."""
    store = PictureStore(paths=ProjectPaths(tmp_path), asset="a", partition=None)
    facts = {"f1": 0.5, "table": pd.DataFrame({"a": [1]}), "page": Markdown("x"), "n": 1}

    assert [*metadata_of(facts, store)] == ["page", "f1", "table", "n"]
