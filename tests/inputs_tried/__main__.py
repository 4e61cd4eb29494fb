"""Tries all inputs and writes what came of them: ``python -m tests.inputs_tried``."""

import tempfile
import warnings
from pathlib import Path

from rasterio.errors import NotGeoreferencedWarning

from tests.inputs_tried.page import PAGE, page, write_part
from tests.inputs_tried.raster_bands import BANDS
from tests.inputs_tried.raster_files import outcome_of
from tests.inputs_tried.raster_places import PLACES


def main() -> None:
    """Write the part of rasters, and the page of all parts."""
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    rows = []
    for case in (*PLACES, *BANDS):
        with tempfile.TemporaryDirectory() as folder:
            rows.append((case.kind, case.what, outcome_of(case, Path(folder))))
    write_part("rasters", rows)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
