"""The planets that models learn from: made from their seeds, or the project's own."""

from pathlib import Path

import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import write_catalogue
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.errors import SettingsError, SourceError
from ejmap_project.files.planet_files import ejecta_of, read_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.sources.kinds import source_of
from ejmap_project.training.training_planets import make_training_planets
from tests.published_folder import make_published_folder
from tests.tiny_planet import write_project

SYNTHETIC = """
source: {kind: synthetic, seed: 7, width_px: 256, craters: 3, grey: true}
training: {kind: synthetic, seeds: [1, 2], width_px: 128, craters: 2, grey: true}
"""


@pytest.fixture(scope="module")
def planet() -> Planet:
    """Three craters with known ejecta."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


def test_synthetic_planets_are_those_of_their_seeds(tmp_path: Path, planet: Planet) -> None:
    """One folder and one picture a seed, in the bands of the mosaic that will be mapped."""
    project = write_project(tmp_path, planet, SYNTHETIC)

    found = make_training_planets(project, Silence(), tell=pytest.fail)

    body = planet.basemap.body
    made = [read_planet(project.paths.training_planet(seed), body=body) for seed in (1, 2)]
    assert [one.raster.shape for one in made] == [(1, 64, 128)] * 2
    assert (made[0].raster != made[1].raster).any()
    table = found.metadata["by_planet"]
    assert isinstance(table, pd.DataFrame)
    assert table["planet"].tolist() == ["planet_1", "planet_2"]
    assert table["ejecta"].tolist() == pytest.approx([ejecta_of(one).mean() for one in made])
    assert found.metadata["labelled_craters"] == 4
    assert {"picture_planet_1", "picture_planet_2"} <= set(found.metadata)
    assert found.content == make_training_planets(project, Silence(), tell=pytest.fail).content


def test_own_craters_are_described_and_nothing_is_made(tmp_path: Path, planet: Planet) -> None:
    """Whoever listens is told so."""
    project, told = write_project(tmp_path, planet), []

    found = make_training_planets(project, Silence(), tell=told.append)

    assert told == ["learning from the project's own labelled craters"]
    assert (found.metadata["planets"], found.metadata["labelled_craters"]) == (1, 3)
    assert found.metadata["ejecta_share_of_pixels"] == pytest.approx(ejecta_of(planet).mean())
    assert not list(project.paths.training.iterdir())


def test_a_project_without_masks_has_nothing_to_learn_from(tmp_path: Path, planet: Planet) -> None:
    """The message says what to set."""
    unknown = Planet(raster=planet.raster, basemap=planet.basemap, craters=planet.craters, truth={})
    project = write_project(tmp_path, unknown)

    with pytest.raises(SourceError, match=r"set source\.masks"):
        make_training_planets(project, Silence(), tell=lambda _: None)


def test_a_published_folder_without_masks_is_described_as_empty(tmp_path: Path) -> None:
    """Its maps can be shown and measured although no model can learn from it."""
    made = make_published_folder(tmp_path)
    for mask in made.folder.glob("data/cyl_data/*.tif"):
        mask.unlink()
    folder = tmp_path / "project"
    folder.mkdir()
    source = f"{{kind: ejmap-folder, folder: {made.folder}}}"
    (folder / "project.yaml").write_text(f"source: {source}\ntraining: {{kind: own-masks}}\n")
    project = OpenProject.at(folder)
    raster, grid = source_of(project).basemap(lambda _: None)
    write_cog(project.paths.basemap_mosaic, raster, grid=grid, nodata=0)
    write_catalogue(source_of(project).catalogue(), project.paths.crater_catalogue)

    found = make_training_planets(project, Silence(), tell=lambda _: None)

    assert (found.metadata["planets"], found.metadata["labelled_craters"]) == (0, 0)
    assert found.metadata["ejecta_share_of_pixels"] == 0


def test_a_project_that_states_no_training_has_no_planets(tmp_path: Path) -> None:
    """One sentence says what to add, or what else to name."""
    (tmp_path / "project.yaml").write_text("source: {kind: synthetic, seed: 7}\n")

    with pytest.raises(SettingsError, match="add `training:"):
        make_training_planets(OpenProject.at(tmp_path), Silence(), tell=pytest.fail)
