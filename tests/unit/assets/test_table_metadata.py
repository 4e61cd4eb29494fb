"""Tables inside metadata."""

import json

import numpy as np
import pandas as pd

from ejmap_assets.table_metadata import table_metadata


def test_a_score_that_does_not_exist_leaves_its_cell_empty() -> None:
    """A row with NaN can be read by the UI, which parses strict JSON."""
    table = pd.DataFrame({"method": ["rule"], "tile_f1": [np.nan], "pixel_f1": [0.41234567]})

    record = table_metadata(table).records[0].data

    assert record == {"method": "rule", "tile_f1": "", "pixel_f1": 0.4123}
    json.dumps(record, allow_nan=False)
