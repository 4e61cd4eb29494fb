"""The whole chain of craters at full resolution: mosaic, stores, small models, masks, map.

As projects map by default, with connections of the polar prediction, and again with EJCONN's.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import torch
from geo.measure import CLEAR_REFS, arguments, size_mb, status_gb
from geo.scene import mosaic

from ejmap_assets.assets.craters import (
    azimuthal_mosaic,
    basemap_mask,
    connection_predictions,
    polar_prediction,
    segmentation_mask,
    tile_store,
)
from ejmap_assets.lineage.provenance import Recipe
from ejmap_assets.making.crater_step import CraterTask
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.composite import color_composite
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.rasters.raster import write_cog
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.bundles.inference import fastest_precision, inference_device
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_project.basemap import read_project_basemap
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.global_map.map_picture import map_picture
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.segmenter import ejseg_ensemble
from ejmap_project.open_project import OpenProject

COUNTS = (2, 4, 8)
RADIUS_M = 20_000.0
SETTINGS = """
source: {kind: synthetic, seed: 1}
training: {kind: synthetic, seeds: [2]}
models: {ejconn: ejconn_tiny, ejseg: ejseg_polar, iterations: 1}
"""
BY_EJCONN = "mapping: {connections: ejconn}\n"
STEPS = (
    azimuthal_mosaic,
    tile_store,
    polar_prediction,
    connection_predictions,
    segmentation_mask,
    basemap_mask,
)


def main() -> None:
    """Print what craters take by count and by step, how that grows, and the most memory."""
    chosen = arguments(__doc__ or "")
    with tempfile.TemporaryDirectory() as name:
        project = _project(Path(name), chosen)
        # The first run compiles.
        _mapped(project, COUNTS[0])
        print("| craters | CPU s a crater | s a crater | peak of the process |")
        print("| --- | --- | --- | --- |")
        by_step = [_counted(project, count, f"{count}") for count in COUNTS][-1]
        project.paths.settings.write_text(SETTINGS + BY_EJCONN, encoding="utf-8")
        project = OpenProject.at(project.paths.folder)
        _mapped(project, 1)
        by_ejconn = _counted(project, COUNTS[0], f"{COUNTS[0]}, by EJCONN")
        print("\n| step | CPU s | MB | by EJCONN: CPU s | MB |\n| --- | --- | --- | --- | --- |")
        for step, spent in by_step.items():
            other = by_ejconn[step]
            print(f"| `{step}` | {spent} | {other} |")
        CLEAR_REFS.write_text("5")
        begun_cpu_s = time.process_time()
        _drawn(project)
        cpu_s = time.process_time() - begun_cpu_s
        print(f"\nmap of {COUNTS[-1]} craters: {cpu_s:.1f} CPU s, {status_gb('VmHWM'):.2f} GB")


class Spent(NamedTuple):
    """What a step takes a crater."""

    cpu_s: float = 0.0
    mb: float = 0.0

    def __str__(self) -> str:
        """Return two cells of a table."""
        return f"{self.cpu_s:.2f} | {self.mb:.1f}"


def _counted(project: OpenProject, count: int, words: str) -> dict[str, Spent]:
    """Map some craters, print a row of the table, and return what each step takes a crater."""
    CLEAR_REFS.write_text("5")
    begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
    spent = _mapped(project, count)
    cpu_s = (time.process_time() - begun_cpu_s) / count
    wall_s = (time.perf_counter() - begun_s) / count
    print(f"| {words} | {cpu_s:.2f} | {wall_s:.2f} | {status_gb('VmHWM'):.2f} GB |", flush=True)
    return {step: Spent(one.cpu_s / count, one.mb / count) for step, one in spent.items()}


def _project(folder: Path, chosen: argparse.Namespace) -> OpenProject:
    (folder / "project.yaml").write_text(SETTINGS, encoding="utf-8")
    project = OpenProject.at(folder)
    grid = BasemapGrid(body=MERCURY, width_px=chosen.width)
    write_cog(project.paths.basemap_mosaic, mosaic(grid), grid=grid, nodata=0)
    craters = [
        Crater(
            crater_id=k,
            name="",
            center=LonLat((k * 137.5 + 20) % 360 - 180, -70.0 + 20 * k),
            radius_m=RADIUS_M,
        )
        for k in range(COUNTS[-1])
    ]
    write_catalogue(catalogue_from(craters, MERCURY), project.paths.crater_catalogue)
    return project


def _mapped(project: OpenProject, count: int) -> dict[str, Spent]:
    """Map the first craters of a project as a run does; return what each step took in all."""
    work = CraterWork(project)
    # Weights do not decide what a network takes.
    ejconn = [_bundle(load_preset("ejconn_tiny"))]
    work.ejconn = Ensemble.of(ejconn, precision=fastest_precision(inference_device()))
    work.ejseg = ejseg_ensemble([_bundle(load_preset("ejseg_polar"))])
    spent = {step.name: Spent() for step in STEPS}
    for key, crater in list(work.craters.items())[:count]:
        shutil.rmtree(project.paths.crater(key), ignore_errors=True)
        written_mb = 0.0
        for step in STEPS:
            begun_s = time.process_time()
            step.make(CraterTask(crater=crater, recipe=Recipe(code_version="1"), work=work))
            cpu_s, mb = time.process_time() - begun_s, size_mb(project.paths.crater(key))
            former = spent[step.name]
            spent[step.name] = Spent(former.cpu_s + cpu_s, former.mb + mb - written_mb)
            written_mb = mb
    return spent


def _bundle(config: ModelConfig) -> ModelBundle:
    torch.manual_seed(0)
    is_view = config.normalization.kind == "none"
    normalization = None if is_view else Normalization.fixed(bands=config.bands, extra_scale=2)
    network = NormalizedNetwork(build_network(config), normalization)
    return ModelBundle(
        config=config,
        weights=network.state_dict(),
        normalization=normalization,
        provenance=Provenance(created_utc=""),
    )


def _drawn(project: OpenProject) -> None:
    """Do what the asset ``global_map`` does, without the table."""
    basemap = read_project_basemap(project)
    masks = MaskFolder.of(project.craters(), project.paths.basemap_mask, basemap.grid)
    labels = label_map(masks, basemap=basemap.grid)
    composite = color_composite(masks, labels)
    write_cog(project.paths.label_map, labels.labels, grid=basemap.grid)
    write_cog(project.paths.overlap_count, labels.overlap_count, grid=basemap.grid)
    write_cog(project.paths.composite, composite, grid=basemap.grid)
    map_picture(labels, basemap, project.craters(), body=basemap.grid.body.name)


if __name__ == "__main__":
    main()
