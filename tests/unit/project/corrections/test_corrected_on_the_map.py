"""Corrected masks on the map: as they were drawn, sure, and in no score of a model."""

import shutil
from pathlib import Path

import dagster as dg
import numpy as np
import pytest
import rasterio

from ejmap_assets.checks.crater_check import CheckedCrater
from ejmap_assets.checks.registry import crater_checks
from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.corrections.import_labels import import_labels
from ejmap_project.corrections.package import make_package
from ejmap_project.errors import SourceError
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.raster_tags import MODEL, tags_of
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.progress import Silence
from ejmap_project.recipe_settings import of_given_mask
from ejmap_project.scoring.evaluation import evaluate_map
from ejmap_project.sources.corrected_masks import corrected_keys, corrected_mask
from tests.tiny_planet import OWN_MASKS, write_project


@pytest.fixture(scope="module")
def corrected_once(tmp_path_factory: pytest.TempPathFactory, planet: Planet) -> Path:
    """A project whose map is the truth, in which a person removed the first crater's ejecta."""
    folder = tmp_path_factory.mktemp("corrected")
    project = write_project(folder / "project", planet)
    for crater in planet.craters:
        truth = planet.truth[crater.crater_id]
        for path in (project.paths.basemap_mask(crater.key), _label(project, crater.key)):
            write_mask(path, truth, basemap=planet.basemap, center=crater.center)
    first = planet.craters[0]
    make_package(project, [first], folder / "package")
    with rasterio.open(folder / "package" / f"mask_{first.key}.tif", "r+") as raster:
        raster.write(np.eye(*raster.shape, dtype=np.uint8), 1)
    import_labels(project, folder / "package", by="a person")
    return project.paths.folder


@pytest.fixture
def project(corrected_once: Path, tmp_path: Path) -> OpenProject:
    """The project, which a test may change."""
    return OpenProject.at(Path(shutil.copytree(corrected_once, tmp_path / "project")))


def _label(project: OpenProject, key: str) -> Path:
    return project.paths.folder / "masks" / f"mask_{key}.tif"


def test_the_map_shows_what_was_drawn(project: OpenProject, planet: Planet) -> None:
    """Pixel by pixel, without a model: the mask says who corrected it."""
    crater = planet.craters[0]

    made = place_mask(CraterWork(project), crater, tags={})

    path = project.paths.basemap_mask(crater.key)
    shown, label = (
        read_mask_on(one, planet.basemap) for one in (path, _label(project, crater.key))
    )
    assert shown.window == label.window
    np.testing.assert_array_equal(shown.mask, label.mask)
    assert shown.area_px != planet.truth[crater.crater_id].area_px
    assert str(made.metadata["source"]).startswith("corrected by a person, imported 2")
    assert tags_of(path)[MODEL] == made.metadata["source"]


def test_only_a_corrected_mask_is_stale_then(project: OpenProject, planet: Planet) -> None:
    """The recipe of the others' masks is what it was; another import changes it again."""
    first, second, *_ = (one.key for one in planet.craters)

    assert corrected_keys(project) == {first}
    assert of_given_mask(project, second) is None
    with dg.DagsterInstance.ephemeral() as instance:
        book = RecipeBook(project=project, instance=instance, craters=project.craters())
        inputs = [book.inputs("basemap_mask", key) for key in (second, first, second)]
    assert inputs == [
        ("segmentation_mask",),
        ("crater_catalogue", "basemap_mosaic"),
        ("segmentation_mask",),
    ]
    before = of_given_mask(project, first)
    path = _label(project, first)
    path.write_bytes(path.read_bytes() + b"\0")
    assert before != of_given_mask(project, first)


def test_a_corrected_mask_is_sure(project: OpenProject, planet: Planet) -> None:
    """It claims with certainty; the probability of the model is no longer that of the map."""
    first = planet.craters[0]
    place_mask(CraterWork(project), first, tags={})
    mapped = MappedCraters.of(project)

    assert not mapped.has_probability(first.crater_id)
    window = mapped.windows()[first.crater_id]
    assert mapped.levels(first.crater_id, window, grid=mapped.grid) is None
    assert mapped.has_probability(planet.craters[1].crater_id)


def test_a_corrected_mask_is_no_score(project: OpenProject, planet: Planet) -> None:
    """The map equals its labels everywhere; only the craters that a model mapped count."""
    found = evaluate_map(project, Silence())

    assert found.metadata["known_craters"] == len(planet.craters) - 1
    assert found.metadata["corrected_craters_not_scored"] == 1


def test_a_label_of_tiles_is_not_the_whole_mask(project: OpenProject, planet: Planet) -> None:
    """Where ejecta are known in tiles alone, the model maps what lies between these."""
    stated = OWN_MASKS.replace("masks: masks}", "masks: masks, tiles: tiles.csv}")
    project.paths.settings.write_text(stated)

    assert corrected_mask(OpenProject.at(project.paths.folder), planet.craters[0].key) is None


def test_a_note_that_was_changed_is_named(project: OpenProject, planet: Planet) -> None:
    """The sentence says how to go on without it."""
    note = project.paths.corrections / "0001" / "import.json"
    note.write_text('{"by": 3}')

    with pytest.raises(SourceError, match=r"0001 to let the model map its craters again"):
        corrected_mask(project, planet.craters[0].key)


def test_a_corrected_mask_may_be_another_one(project: OpenProject, planet: Planet) -> None:
    """The check of drift says who corrected it, and does not ask to roll a model back."""
    first = planet.craters[0]
    path = project.paths.basemap_mask(first.key)
    former = path.rename(path.with_name("former.tif"))
    work = CraterWork(project)
    place_mask(work, first, tags={})
    check = next(one for one in crater_checks() if one.name == "mask_did_not_drift")

    found = check.run(CheckedCrater(crater=first, work=work, output=path, former=former))

    assert found.passed
    assert found.metadata["iou_with_former_mask"] < 0.5
    assert found.sentence.startswith("corrected by a person")
