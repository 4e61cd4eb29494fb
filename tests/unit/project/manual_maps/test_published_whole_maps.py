"""Whole manual maps of a published folder: whose they are, and what they say of its masks."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_project.errors import SourceError
from ejmap_project.manual_maps.manual_comparison import compare_with_manual_maps
from ejmap_project.progress import Silence
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.sources.published_whole_maps import whole_map_files
from tests.published_fixture import PublishedFixture
from tests.published_folder import make_published_folder
from tests.published_project import project_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PublishedFixture:
    """Give a published folder with the whole manual map of Hokusai."""
    return make_published_folder(tmp_path_factory.mktemp("published") / "data")


def test_a_perfect_map_agrees_with_its_manual_map(made: PublishedFixture, tmp_path: Path) -> None:
    """The published masks of the fixture are the truth, and so are manual map and tiles."""
    project = project_of(made, tmp_path / "project")

    artefact = compare_with_manual_maps(project, Silence())

    every = pd.read_parquet(project.paths.manual_comparison)
    # Hokusai has a file of its own, Han Kan is in the map of ids.
    assert artefact.metadata["compared_craters"] == 2
    assert set(every["crater"]) == {"Hokusai", "Han Kan"}
    assert every["is_independent"].all()
    table = every[every["crater_id"] == 0].set_index("part")
    # What the manual map has beyond the reach of the published tiles cannot be mapped.
    assert table.loc["whole", "precision"] == 1
    assert table.loc["whole", "recall"] > 0.97
    # The whole map goes to the mosaic and back, which moves single pixels.
    assert table.loc["labelled tiles", "f1"] > 0.93
    np.testing.assert_allclose(
        table.loc["mapped blanket", "outer_km"], table.loc["manual blanket", "outer_km"]
    )


def test_craters_without_names_are_known_by_their_published_ids(made: PublishedFixture) -> None:
    """The shapefile of the study has ids alone, and its maps are named Han Kan or HanKan."""
    folder = PublishedFolder.at(made.folder)
    path = made.data / "man_data" / "az_manual_Debussy.tif"
    path.write_bytes(b"")
    craters = {one.key: one for one in made.planet.craters}

    files = whole_map_files(folder, craters)

    assert {*files.by_crater} == {"0000", "0012"}
    path.unlink()


def test_a_map_of_no_crater_is_named(made: PublishedFixture) -> None:
    """A file called after nobody would be left out without a word."""
    path = made.data / "man_data" / "az_manual_Nobody.tif"
    path.write_bytes(b"")
    craters = {one.key: one for one in made.planet.craters}

    with pytest.raises(SourceError, match="no crater called Nobody; rename"):
        whole_map_files(PublishedFolder.at(made.folder), craters)
    path.unlink()
