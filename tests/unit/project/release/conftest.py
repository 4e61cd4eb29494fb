"""A mapped planet of three craters, and releases of it under stated recipes."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ejmap_geo.synthetic.planet import Planet
from ejmap_project.files.mask_file import write_mask
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.picture_store import StoredPicture
from ejmap_project.progress import Silence
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.make import AskedRelease, Inventory, make_release
from ejmap_project.release_metadata.release_manifest import ArtefactNote
from tests.tiny_planet import write_project

KEYS = ("0001", "0002", "0003")


def made_artefact(asset: str, partition: str | None = None, **known: Any) -> MadeArtefact:
    """Return an artefact that is up to date; what is not stated follows from its name."""
    note = ArtefactNote(
        asset=asset,
        partition=partition,
        data_version=f"{asset} {partition}",
        recipe="r",
        code_version="1",
        inputs={},
        run_id="run-1",
        made_utc="2026-01-01T00:00:00+00:00",
    )
    return _with(MadeArtefact(note=note), known)


def _with(one: MadeArtefact, known: Mapping[str, Any]) -> MadeArtefact:
    """Return an artefact of which something is stated, in its note or beside it."""
    of_note = {name: known[name] for name in known if name in ArtefactNote.model_fields}
    beside = {name: known[name] for name in known if name not in of_note}
    return replace(one, note=one.note.model_copy(update=of_note), **beside)


def inventory_of(project: OpenProject, **changed: Mapping[str, Any]) -> Inventory:
    """Return what the mapped planet holds; ``changed`` goes to the artefacts named so."""
    paths = project.paths
    outputs: Mapping[str, Callable[[str], tuple[Path, ...]]] = {
        "azimuthal_mosaic": lambda _: (),
        "segmentation_mask": lambda _: (),
        "basemap_mask": lambda key: (paths.basemap_mask(key),),
        "crater_pattern": lambda _: (),
    }
    inputs = {
        "azimuthal_mosaic": {"basemap_mosaic": "mosaic-1"},
        "segmentation_mask": {"azimuthal_mosaic": "a", "promoted_ejseg": "model-1"},
        "basemap_mask": {"segmentation_mask": "s", "crater_catalogue": "c-1"},
        "crater_pattern": {"basemap_mask": "b"},
    }
    picture = paths.all_pictures / "page.png"
    if not picture.is_file():
        picture.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((70, 100, 3), 128, np.uint8)).save(picture)
    pictures = {"crater_pattern": {"picture": StoredPicture(picture, "what & where")}}
    craters = [
        made_artefact(
            name,
            key,
            outputs=outputs[name](key),
            inputs=inputs[name],
            settings=[name],
            pictures=pictures.get(name, {}),
        )
        for key in KEYS
        for name in outputs
    ]
    catalogue = made_artefact("crater_catalogue", outputs=(paths.crater_catalogue,))
    mosaic = made_artefact("basemap_mosaic", data_version="mosaic-1")
    map_files = (paths.preview, paths.label_map, paths.overlap_count, paths.composite)
    layers = (paths.map_craters, paths.map_layers, paths.ejecta_outlines)
    world = made_artefact("global_map", outputs=(*map_files, *layers))
    made = [
        _with(one, changed.get(one.note.asset, {})) for one in (mosaic, catalogue, *craters, world)
    ]
    return Inventory(made=tuple(made), craters={"current": 3})


@pytest.fixture(scope="session")
def mapped_once(tmp_path_factory: pytest.TempPathFactory, planet: Planet) -> Path:
    """The planet with the true ejecta of every crater as its mask, and its map; to be copied."""
    folder = tmp_path_factory.mktemp("mapped")
    project = write_project(folder, planet)
    for crater in planet.craters:
        truth = planet.truth[crater.crater_id]
        path = project.paths.basemap_mask(crater.key)
        write_mask(path, truth, basemap=planet.basemap, center=crater.center)
    draw_planet_map(project, dict.fromkeys(KEYS, CraterState.CURRENT), tags={})
    return folder


@pytest.fixture
def mapped(mapped_once: Path, tmp_path: Path) -> OpenProject:
    """The mapped planet as a project that a test may change."""
    return OpenProject.at(Path(shutil.copytree(mapped_once, tmp_path / "mapped")))


@pytest.fixture(scope="session")
def release() -> Callable[..., Path]:
    """Make a release of a project, and return its folder."""

    def make(project: OpenProject, name: str, **changed: Mapping[str, Any]) -> Path:
        inventory = inventory_of(project, **changed)
        asked = AskedRelease(name=name, note="a <b>note</b>")
        found = make_release(project, asked, lambda: inventory, progress=Silence())
        return Path(str(found.metadata["path"]))

    return make
