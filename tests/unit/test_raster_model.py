"""The table in docs/data.md of what a raster can state names inputs that are tried."""

import re
from pathlib import Path

from tests.inputs_tried.page import read_part

DATA = Path(__file__).parents[2] / "docs" / "data.md"


def test_every_item_of_the_raster_model_is_shown_by_a_test() -> None:
    """Each row names at least one input of the part of rasters, and no other ones."""
    block = DATA.read_text().split("<!-- raster-model -->")[1].split("<!-- /raster-model -->")[0]
    rows = [line.split("|")[1:-1] for line in block.strip().splitlines()[2:]]
    tried = {what for _, what, _ in read_part("rasters")}

    for item, _, shown_by in rows:
        named = re.findall(r"`([^`]+)`", shown_by)
        assert named, item
        assert set(named) <= tried, item
