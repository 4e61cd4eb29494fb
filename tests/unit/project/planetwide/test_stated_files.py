"""Files that are measured after the map is made are read before it is."""

from pathlib import Path

import pytest

from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.stated_files import require_stated_files
from tests.mapped_discs import SETTINGS, write_mapped_discs


def test_all_files_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    """A raster that is missing, and counted craters without places."""
    write_mapped_discs(tmp_path)
    (tmp_path / "counted.csv").write_text("crater_id,depth\n1,2\n")
    stated = "rasters: {iron: iron.tif}\nanalysis: {counted_craters: counted.csv}\n"
    (tmp_path / "project.yaml").write_text(SETTINGS + stated)

    with pytest.raises(SourceError, match=r"rasters\.iron: .*does not exist.*counted\.csv has no"):
        require_stated_files(OpenProject.at(tmp_path))


def test_nothing_stated_is_nothing_to_read(tmp_path: Path) -> None:
    """A project without such files."""
    require_stated_files(write_mapped_discs(tmp_path))
