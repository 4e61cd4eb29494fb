"""Every setting of ``project.yaml`` is used, away from its default, by a project that is mapped."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import dagster as dg
import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import book_of
from ejmap_cli.console import Console
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.files.mask_file import write_mask
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import Project
from tests.tiny_presets import EJCONN, POLAR

SYNTHETIC = """
body: Moon
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3, grey: true}
training:
  kind: synthetic
  seeds: [1]
  width_px: 256
  craters: 3
  giants: 2
  giant_ray_width: 0.5
  visible_intensity: 0.1
  grey: true
models:
  ejconn: ejconn_test.yaml
  ejseg: ejseg_test.yaml
  iterations: 2
  ejconn_iterations: 1
  ejseg_iterations: 2
  seed: 3
  gate_tolerance: 0.5
mapping:
  tile_side_px: 32
  denoise_px: 9
  connections: ejconn
  connection_filter: true
  kept_results: 1
  chunk_craters: 2
  fresh_days: 30
method: {ensemble: votes, normalization: split, validation: each-class, denoising: sides,
  annulus: rim-buffers}
analysis: {exclusion_buffer_km: 25}
"""
FILES = """
bands: mercury-enhanced
source:
  kind: files
  mosaic: mosaic.tif
  craters: craters.csv
  masks: masks
  tiles: tiles.csv
  west_positive: true
  value_range: [0, 2.55]
  pad: true
  terms: CC0
training: {kind: own-masks}
splits: {count: 2, test_fraction: 0.3, learning_curve: [2], seed: 4, used: 1}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml}
mapping: {tile_side_px: 32, denoise_px: 9}
analysis:
  counted_craters: counted.csv
  counted_from_km: 4
  chronology: Mercury, Strom & Neukum (1988)
  manual_maps: masks
  maps: [{name: alone, ejseg: ejseg_test@1, members: best, connections: ignored}]
rasters: {hundredths: {file: mosaic.tif, bands: [PC2, PC1, ratio]}}
"""
PROJECTS = {"synthetic": SYNTHETIC, "files": FILES}
# Settings that need a planet of another kind, and the tests that read or map one with them.
ELSEWHERE = {
    "source.mercury-quicklook": "unit/project/sources/test_quicklook.py",
    "source.ejmap-folder": "integration/test_published_folder.py",
    "slurm": "slurm/test_script.py",
    "ray": "ray/test_ray.py",
    "kubernetes": "unit/clusters/kubernetes/test_pod.py",
    "vetting": "integration/test_vetting.py",
    "models.candidate": "integration/test_ready_models.py",
    "mapping.promised_recall": "unit/assets/lineage/test_promised_recall.py",
}


def _leaves(model: type[BaseModel], place: str = "") -> Iterator[str]:
    """Yield the places of all settings; those of a union's models with the kind between."""
    for name, field in model.model_fields.items():
        if name == "kind":
            continue
        models = [one for one in _models(field.annotation) if "kind" in one.model_fields]
        plain = [one for one in _models(field.annotation) if "kind" not in one.model_fields]
        for one in models:
            yield from _leaves(one, f"{place}{name}.{one.model_fields['kind'].default}.")
        for one in plain:
            yield from _leaves(one, f"{place}{name}.")
        if not models and not plain:
            yield f"{place}{name}"


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]


def _changed(settings: BaseModel, place: str = "") -> Iterator[str]:
    """Yield the places of the settings that differ from their defaults."""
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            kind = getattr(value, "kind", None)
            yield from _changed(value, f"{place}{name}." + (f"{kind}." if kind else ""))
        elif parts := _parts(value):
            for one in parts:
                yield from _changed(one, f"{place}{name}.")
        elif name != "kind" and value != field.default:
            yield f"{place}{name}"


def _parts(value: object) -> list[BaseModel]:
    """Return the settings in a list of them, or by name."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return [one for one in held if isinstance(one, BaseModel)]


def _project(folder: Path, settings: str) -> OpenProject:
    for name, text in (("project", settings), ("ejconn_test", EJCONN), ("ejseg_test", POLAR)):
        (folder / f"{name}.yaml").write_text(text)
    return OpenProject.at(folder)


def _write_files(folder: Path) -> None:
    """Write a mosaic of hundredths, a table with longitudes to the west, masks and rectangles."""
    planet = make_planet(PlanetConfig(body=MERCURY, width_px=256, craters=3), seed=5)
    values = planet.raster.astype(np.float32) / 100
    write_cog(folder / "mosaic.tif", values, grid=planet.basemap, nodata=0)
    rows = [
        (one.crater_id, -one.center.lon_deg, one.center.lat_deg, one.radius_m, 1)
        for one in planet.craters
    ]
    columns = ["crater_id", "lon_deg", "lat_deg", "radius_m", "labelled"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "craters.csv", index=False)
    counted = [(at, 10.0 * at - 90, 5.0 * (at % 9), 2500) for at in range(18)]
    pd.DataFrame(counted, columns=columns[:4]).to_csv(folder / "counted.csv", index=False)
    for one in planet.craters:
        path = folder / "masks" / f"mask_{one.key}.tif"
        write_mask(path, planet.truth[one.crater_id], basemap=planet.basemap, center=one.center)
    places = [(row, col) for row in range(0, 128, 32) for col in range(0, 256, 32)]
    tiles = pd.DataFrame(places, columns=["row", "col"]).assign(height_px=32, width_px=32)
    tiles.to_csv(folder / "tiles.csv", index_label="tile_id")


def test_every_setting_is_used_by_a_project_that_is_mapped(tmp_path: Path) -> None:
    """A new setting goes into one of the projects here, so that it is mapped with."""
    used = {
        place for text in PROJECTS.values() for place in _changed(_project(tmp_path, text).settings)
    }

    unused = {
        place for place in set(_leaves(Project)) - used if not place.startswith(tuple(ELSEWHERE))
    }

    assert not unused
    assert all((Path(__file__).parents[1] / name).is_file() for name in ELSEWHERE.values())


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_with_other_settings_is_mapped(tmp_path: Path, name: str) -> None:
    """From its sources to the map; no check of any crater is red."""
    project = _project(tmp_path, PROJECTS[name])
    if name == "files":
        _write_files(tmp_path)
    stream = io.StringIO()
    with dg.DagsterInstance.ephemeral() as instance:
        complaints = runner_of(project, instance, Console(stream)).run()
        states = crater_states(book_of(project, instance))

    assert complaints == [], stream.getvalue()
    assert list(states.values()) == [CraterState.CURRENT] * 3
    assert project.paths.preview.is_file()
