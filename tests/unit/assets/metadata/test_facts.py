"""Tables and numbers in metadata."""

import json
import math

import numpy as np
import pandas as pd

from ejmap_assets.metadata.facts import table_metadata
from ejmap_project.artefact import known_numbers


def test_a_score_that_does_not_exist_leaves_its_cell_empty() -> None:
    """A NaN becomes an empty cell, because the UI parses strict JSON."""
    table = pd.DataFrame({"method": ["rule"], "tile_f1": [np.nan], "pixel_f1": [0.41234567]})

    record = table_metadata(table).records[0].data

    assert record == {"method": "rule", "tile_f1": "", "pixel_f1": 0.4123}
    json.dumps(record, allow_nan=False)


def test_numbers_that_are_not_there_are_left_out_of_metadata() -> None:
    """NaN values are omitted from metadata, because JSON has none and the UI would show nothing."""
    assert known_numbers({"f1": 0.5, "ceiling_f1": math.nan}) == {"f1": 0.5}
