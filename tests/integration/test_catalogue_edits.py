"""A crater that is renamed or removed in the table: nothing of what it was stays on the map."""

import io
from pathlib import Path

import dagster as dg
import pandas as pd
import pyogrio
import rasterio

from ejmap_assets.definitions import runner_of
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.partitions import CRATERS_NAME
from ejmap_cli.console import Console
from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.leftovers import leftovers
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import write_ready

SETTINGS = """
bands: mercury-enhanced
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv}
models: {ejseg: ready_views, iterations: 1}
mapping: {tile_side_px: 32}
"""
OLD_NAME, NEW_NAME = "Former Name", "Present Name"


def _run(project: OpenProject, instance: dg.DagsterInstance) -> str:
    stream = io.StringIO()
    assert runner_of(project, instance, Console(stream)).run() == []
    return stream.getvalue()


def _texts(folder: Path) -> str:
    """Return all that can be read as text in the files of a map."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_bytes().decode("latin-1") for path in files)


def test_a_crater_that_is_renamed_or_removed_leaves_nothing_on_the_map(tmp_path: Path) -> None:
    """Its key, its pixels and its name go with the next run; its files go with ``ejmap prune``."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    write_ready(tmp_path / "models", "ready_views", probabilities=(0.9,))
    planet = make_planet(PlanetConfig(body=MERCURY, width_px=256, craters=3), seed=5)
    write_cog(tmp_path / "mosaic.tif", planet.raster, grid=planet.basemap, nodata=0)
    craters = tmp_path / "craters.csv"
    write_catalogue(catalogue_from(planet.craters, MERCURY), craters)
    table = pd.read_csv(craters)
    renamed, kept, removed = (int(one) for one in table["crater_id"])
    table["name"] = table["name"].astype(object)
    table.loc[table["crater_id"] == renamed, "name"] = OLD_NAME
    table.to_csv(craters, index=False)
    with dg.DagsterInstance.ephemeral() as instance:
        project = OpenProject.at(tmp_path)
        _run(project, instance)
        data = project.paths.data
        assert OLD_NAME in _texts(data / "map")
        assert f"{removed:04d}" in _texts(data / "map")

        table.loc[table["crater_id"] == renamed, "name"] = NEW_NAME
        table[table["crater_id"] != removed].to_csv(craters, index=False)
        project = OpenProject.at(tmp_path)
        _run(project, instance)

        keys = {f"{one:04d}" for one in (renamed, kept)}
        assert set(instance.get_dynamic_partitions(CRATERS_NAME)) == keys
        states = crater_states(book_of(project, instance))
        assert states == dict.fromkeys(keys, CraterState.CURRENT)
        with rasterio.open(data / "map" / "label_map.tif") as raster:
            assert removed not in raster.read()
        for name, _ in pyogrio.list_layers(data / "map" / "ejecta.gpkg"):
            layer = pyogrio.read_dataframe(data / "map" / "ejecta.gpkg", layer=name)
            assert "crater_id" not in layer or removed not in set(layer["crater_id"]), name
        written = _texts(data / "map")
        assert NEW_NAME in written
        assert OLD_NAME not in written

        found = list(leftovers(project, tmp_path / "dagster_home", older_than_days=0))
        assert {one.why for one in found} == {f"crater {removed:04d} left the catalogue"}
        for one in found:
            one.remove()
        assert not [path for path in data.rglob("*") if path.stem == f"{removed:04d}"]
        again = {name: path.stat().st_mtime_ns for name, path in _files(data).items()}
        _run(project, instance)
        assert {name: path.stat().st_mtime_ns for name, path in _files(data).items()} == again


def _files(folder: Path) -> dict[str, Path]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path for path in found if path.suffix != ".json"}
