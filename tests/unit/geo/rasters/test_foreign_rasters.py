"""Rasters as other programs write them are read right or refused in one sentence; none silently."""

from pathlib import Path

import pytest

from tests.inputs_tried.page import read_part
from tests.inputs_tried.raster_bands import BANDS
from tests.inputs_tried.raster_files import Case, outcome_of
from tests.inputs_tried.raster_places import PLACES

CASES = (*PLACES, *BANDS)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.what) for case in CASES])
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_an_input_is_read_right_or_refused(tmp_path: Path, case: Case) -> None:
    """The disc is at 40 E 20 N with its grey level, or the sentence is that of the page."""
    expected = {(kind, what): outcome for kind, what, outcome in read_part("rasters")}

    outcome = outcome_of(case, tmp_path)

    assert outcome == expected[case.kind, case.what]
    assert outcome == "read right" or (";" in outcome and "\n" not in outcome)


def test_the_page_lists_what_is_tried() -> None:
    """No input is left out of the table of rasters, and none stands there that is not tried."""
    listed = [(kind, what) for kind, what, _ in read_part("rasters")]

    assert listed == [(case.kind, case.what) for case in CASES]
