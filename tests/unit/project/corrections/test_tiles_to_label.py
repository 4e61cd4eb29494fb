"""Tiles to label: ranked over all craters, and never of a crater that a person labelled."""

from pathlib import Path

import pandas as pd

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_project.corrections.tiles_to_label import TilesToLabelTable, check_tiles, rank_tiles
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS, GRID, write_mapped_discs


def test_tiles_of_all_craters_are_ranked_by_their_gain(tmp_path: Path) -> None:
    """The table fits its schema, falls in its gain, and the check finds a wrong order."""
    project = write_mapped_discs(tmp_path)

    table = rank_tiles(project, Silence()).table

    assert table is not None
    TilesToLabelTable.validate(table)
    assert table["expected_wrong_km2"].is_monotonic_decreasing
    assert check_tiles(project).fault == ""
    pd.DataFrame(table.iloc[::-1]).to_parquet(project.paths.tiles_to_label)
    assert len(table) > 1
    assert "order" in check_tiles(project).fault


def test_a_crater_that_a_person_labelled_has_no_tiles(tmp_path: Path) -> None:
    """Its map may be wrong, but what is right there is known already."""
    project = write_mapped_discs(tmp_path)
    settings = project.paths.settings
    settings.write_text(settings.read_text().replace("craters.csv}", "craters.csv, masks: masks}"))
    labelled = CRATERS[0]
    label = project.paths.manual_mask(labelled.key)
    write_mask(label, PlacedMask.empty(), basemap=GRID, center=labelled.center)

    table = rank_tiles(OpenProject.at(tmp_path), Silence()).table

    assert table is not None
    assert set(table["crater_id"]) == {one.crater_id for one in CRATERS[1:]}
