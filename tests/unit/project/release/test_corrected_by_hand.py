"""A release says which masks people corrected by hand: in every file that describes it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import rasterio

from ejmap_cli.main import main
from ejmap_project.corrections.import_labels import import_labels
from ejmap_project.corrections.package import make_package
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.release.model_card import model_card
from ejmap_project.release_metadata.release_manifest import (
    ModelNote,
    ReleaseManifest,
    read_release_manifest,
)
from tests.unit.project.release.conftest import KEYS

PERSON, WHY = 'A. "Geo" <b>Logist</b>', "rays\n& all"
FIRST, SECOND = KEYS[:2]


@pytest.fixture(scope="module")
def corrected_once(mapped_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person corrected two masks: one is on the map, one was imported after the last run."""
    folder = tmp_path_factory.mktemp("corrected")
    mapped = OpenProject.at(Path(shutil.copytree(mapped_once, folder / "mapped")))
    for key in (FIRST, SECOND):
        crater, package = mapped.craters()[key], folder / key
        make_package(mapped, [crater], package)
        with rasterio.open(package / f"mask_{key}.tif", "r+") as raster:
            values = raster.read(1)
            values[:3, :3] ^= 1
            raster.write(values, 1)
        import_labels(mapped, package, by=PERSON, note=WHY)
        if key == FIRST:
            place_mask(CraterWork(mapped), crater, tags={})
    return mapped.paths.folder


@pytest.fixture
def project(corrected_once: Path, tmp_path: Path) -> OpenProject:
    """The corrected planet as a project that a test may change."""
    return OpenProject.at(Path(shutil.copytree(corrected_once, tmp_path / "mapped")))


@pytest.fixture
def folder(project: OpenProject, release: Callable[..., Path]) -> Path:
    """Its release."""
    return release(project, "first")


@pytest.fixture
def manifest(folder: Path) -> ReleaseManifest:
    """The manifest of the release."""
    return read_release_manifest(folder)


def test_the_manifest_names_what_is_on_the_map_and_keeps_the_notes(
    project: OpenProject, folder: Path, manifest: ReleaseManifest
) -> None:
    """The mask that is not on the map yet is the model's; both notes are kept."""
    place = project.paths.corrections / "0001" / "import.json"
    told = json.loads(place.read_text())

    (found,) = manifest.corrections

    assert (found.key, found.by, found.note) == (FIRST, PERSON, WHY)
    assert found.imported_utc == told["imported_utc"]
    assert found.added_km2 == told["changes"][0]["added_km2"]
    assert (folder / found.file).read_bytes() == place.read_bytes()
    assert (folder / "corrections" / "0002" / "import.json").is_file()
    assert not list((folder / "corrections").rglob("*.tif"))


def test_a_note_that_was_taken_away_hides_no_person(
    project: OpenProject, release: Callable[..., Path]
) -> None:
    """The mask itself says whose it is."""
    for place in project.paths.corrections.rglob("import.json"):
        place.unlink()

    (found,) = read_release_manifest(release(project, "first")).corrections

    assert (found.key, found.by, found.added_km2, found.file) == (FIRST, PERSON, None, "")


def test_the_report_shows_it(folder: Path) -> None:
    """In its facts, at the crater, and in a table; all escaped."""
    page = (folder / "report.html").read_text()

    assert "<dt>corrected by hand</dt><dd>1 crater(s), by A. &#34;Geo&#34; &lt;b&gt;Logist" in page
    assert "<td>current, corrected by hand</td>" in page
    assert "Masks that people corrected by hand" in page
    assert "<b>Logist" not in page
    # One line in the facts of the crater, as it was written in the table.
    assert page.count("rays &amp; all") == 1
    assert page.count("rays\n&amp; all") == 1


def test_stac_says_it_of_crater_map_and_collection(folder: Path, manifest: ReleaseManifest) -> None:
    """Other craters have no such property."""
    items = {path.stem: json.loads(path.read_text()) for path in (folder / "stac").iterdir()}
    collection = json.loads((folder / "collection.json").read_text())

    told = items[f"crater_{FIRST}"]["properties"]
    assert told["ejmap:corrected_by"] == PERSON
    assert told["ejmap:corrected_utc"] == manifest.corrections[0].imported_utc
    assert (folder / "stac" / told["ejmap:correction_file"]).is_file()
    assert not [one for one in items[f"crater_{SECOND}"]["properties"] if "correct" in one]
    assert items["map"]["properties"]["ejmap:corrected_craters"] == [int(FIRST)]
    assert PERSON in collection["description"]
    assert "corrections/0001/import.json" in collection["assets"]


def test_the_crate_names_person_mask_and_time(folder: Path, manifest: ReleaseManifest) -> None:
    """An action of a person, whose results are the mask and the note."""
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    by_id = {one["@id"]: one for one in graph}
    mask = f"data/craters/{FIRST}/basemap_mask.tif"

    action = by_id["#correction-1"]

    assert by_id[action["agent"]["@id"]] == {
        "@id": "#person-1",
        "@type": "Person",
        "name": PERSON,
    }
    assert [one["@id"] for one in action["result"]] == [mask, manifest.corrections[0].file]
    assert action["endTime"] == manifest.corrections[0].imported_utc
    assert by_id[mask]["contributor"] == action["agent"]
    assert {"@id": "#correction-1"} in by_id["./"]["mentions"]
    linked = [one["@id"] for one in [*action["result"], action["agent"], action["object"]]]
    assert {*linked} <= {*by_id}


def test_datacite_and_model_card_name_the_person(
    project: OpenProject, folder: Path, manifest: ReleaseManifest
) -> None:
    """The card says that these masks are not the model's."""
    told = json.loads((folder / "datacite.json").read_text())
    note = ModelNote(version="m", digest="d", members=())

    card = model_card(project, "ejseg", note, corrections=manifest.corrections)

    assert told["contributors"] == [{"name": PERSON, "contributorType": "DataCurator"}]
    assert PERSON in told["descriptions"][0]["description"]
    assert "## Not mapped by it" in card
    assert f"- {manifest.corrections[0].words}" in card
    assert "Not mapped by it" not in model_card(project, "ejseg", note)


def test_show_names_the_person(
    project: OpenProject,
    folder: Path,
    manifest: ReleaseManifest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In words and for programs."""
    assert main(["release", "show", str(project.paths.folder), folder.name]) == 0
    words = capsys.readouterr().out
    assert main(["release", "show", str(project.paths.folder), folder.name, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert f"by hand    {manifest.corrections[0].words}" in words
    assert [one["by"] for one in told["corrections"]] == [PERSON]
