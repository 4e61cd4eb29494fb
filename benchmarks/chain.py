"""The whole chain of craters at full resolution: mosaic, stores, both small models, masks, map."""

import argparse
import tempfile
import time
from pathlib import Path

import torch
from geo.measure import CLEAR_REFS, arguments, status_gb
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
from ejmap_assets.making.chunk import CraterTask
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.composite import color_composite
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.rasters.raster import write_cog
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.ensemble import Ensemble
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
mapping: {connections: ejconn}
"""
STEPS = (
    azimuthal_mosaic,
    tile_store,
    polar_prediction,
    connection_predictions,
    segmentation_mask,
    basemap_mask,
)


def main() -> None:
    """Print what craters take, how that grows, and the most memory."""
    chosen = arguments(__doc__ or "")
    with tempfile.TemporaryDirectory() as name:
        project = _project(Path(name), chosen)
        # The first run compiles.
        spent, count = _mapped(project, COUNTS[0]), COUNTS[0]
        print("| craters | CPU s a crater | s a crater | peak of the process |")
        print("| --- | --- | --- | --- |")
        for count in COUNTS:
            CLEAR_REFS.write_text("5")
            begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
            spent = _mapped(project, count)
            cpu_s = (time.process_time() - begun_cpu_s) / count
            wall_s = (time.perf_counter() - begun_s) / count
            peak_gb = status_gb("VmHWM")
            print(f"| {count} | {cpu_s:.2f} | {wall_s:.2f} | {peak_gb:.2f} GB |", flush=True)
        print("CPU s a crater: " + ", ".join(f"{k} {v / count:.2f}" for k, v in spent.items()))
        CLEAR_REFS.write_text("5")
        begun_cpu_s = time.process_time()
        _drawn(project)
        cpu_s = time.process_time() - begun_cpu_s
        print(f"map of {COUNTS[-1]} craters: {cpu_s:.1f} CPU s, {status_gb('VmHWM'):.2f} GB")


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


def _mapped(project: OpenProject, count: int) -> dict[str, float]:
    """Map the first craters of a project as a run does; return the CPU s of each step."""
    work = CraterWork(project)
    # Weights do not decide what a network takes.
    work.ejconn = Ensemble.of([_bundle(load_preset("ejconn_tiny"))])
    work.ejseg = ejseg_ensemble([_bundle(load_preset("ejseg_polar"))])
    spent_s = {step.name: 0.0 for step in STEPS}
    for crater in list(work.craters.values())[:count]:
        for step in STEPS:
            begun_s = time.process_time()
            step.make(CraterTask(crater=crater, recipe=Recipe(code_version="1"), work=work))
            spent_s[step.name] += time.process_time() - begun_s
    return spent_s


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
