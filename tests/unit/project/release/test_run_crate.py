"""The release for other programs: a Process Run Crate and DataCite metadata."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ejmap_project.open_project import OpenProject
from ejmap_project.release_metadata.datacite import datacite_of
from ejmap_project.release_metadata.release_manifest import MANIFEST, read_release_manifest
from ejmap_project.release_metadata.run_crate import CRATE
from tests.unit.project.release.conftest import KEYS

Release = Callable[..., Path]


@pytest.fixture
def folder(mapped: OpenProject, release: Release) -> Path:
    """A release."""
    return release(mapped, "first")


@pytest.fixture
def graph(folder: Path) -> dict[str, dict[str, Any]]:
    """The entities of its crate by their ids."""
    listed = json.loads((folder / CRATE).read_text())["@graph"]
    by_id = {one["@id"]: one for one in listed}
    assert len(by_id) == len(listed)
    return by_id


def _links(value: object) -> list[str]:
    """Return the ids that a value of an entity links to."""
    if isinstance(value, dict):
        return [value["@id"]]
    return [link for one in value for link in _links(one)] if isinstance(value, list) else []


def test_every_file_is_part_of_the_crate_with_its_digest(
    folder: Path, graph: dict[str, dict[str, Any]]
) -> None:
    """But for the manifest and the crate itself, which are written last."""
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {MANIFEST, CRATE}
    }

    files = {name: one["sha256"] for name, one in graph.items() if one["@type"] == "File"}

    assert files == there
    assert {*_links(graph["./"]["hasPart"])} == {*there}


def test_every_link_leads_to_an_entity(graph: dict[str, dict[str, Any]]) -> None:
    """A flat graph describes all that it names, but the specification."""
    linked = {link for one in graph.values() for value in one.values() for link in _links(value)}

    assert linked - {*graph} == {"https://w3id.org/ro/crate/1.1"}
    # Lists of one are written as the one.
    assert not [
        v for one in graph.values() for v in one.values() if isinstance(v, list) and len(v) == 1
    ]


def test_a_run_names_what_it_read_and_wrote(graph: dict[str, dict[str, Any]]) -> None:
    """All artefacts here are of one run, so that only the mosaic was there before it."""
    (run,) = (one for one in graph.values() if one["@type"] == "CreateAction")

    assert run["@id"] == "#run-run-1"
    assert {f"data/craters/{key}/basemap_mask.tif" for key in KEYS} < {*_links(run["result"])}
    assert _links(run["object"]) == ["#mosaic"]
    assert _links(run["instrument"]) == ["#ejmap"]
    assert run["endTime"] == "2026-01-01T00:00:00+00:00"


def test_datacite_metadata_state_what_is_known(folder: Path) -> None:
    """And say of the rest that it is not: nobody told who made the map."""
    told = datacite_of(read_release_manifest(folder))

    assert json.loads((folder / "datacite.json").read_text())["titles"] == told["titles"]
    assert told["creators"] == [{"name": "(:unav)"}]
    assert str(told["publicationYear"]).isdigit()
    assert told["types"] == {
        "resourceTypeGeneral": "Dataset",
        "resourceType": "Map of impact ejecta",
    }
    assert "a <b>note</b>" in str(told["descriptions"])
