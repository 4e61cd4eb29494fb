"""Tries all inputs and writes what came of them: ``python -m tests.inputs_tried``."""

import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rasterio.errors import NotGeoreferencedWarning

from tests.inputs_tried import raster_files, settings, table_files
from tests.inputs_tried.page import PAGE, page, write_part
from tests.inputs_tried.raster_bands import BANDS
from tests.inputs_tried.raster_places import PLACES
from tests.inputs_tried.tables import TABLES


def main() -> None:
    """Write the part of each kind of input, and the page of all parts."""
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    write_part("rasters", _tried((*PLACES, *BANDS), raster_files.outcome_of))
    write_part("settings", _tried(settings.SETTINGS, settings.outcome_of))
    write_part("tables", _tried(TABLES, table_files.outcome_of))
    PAGE.write_text(page(), encoding="utf-8")


def _tried(
    cases: Iterable[Any], outcome_of: Callable[[Any, Path], str]
) -> list[tuple[str, str, str]]:
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            rows.append((case.kind, case.what, outcome_of(case, Path(folder))))
    return rows


if __name__ == "__main__":
    main()
