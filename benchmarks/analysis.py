"""The analysis of a map: CPU time of each step with 4 and with 8 craters, and what a crater adds.

Synthetic masks of real size: a blanket of 5 radii and eight rays of 40 radii about craters of
40 km, on a grey mosaic of noise. One more crater costs a quarter of the difference between the two.
The last column is the most memory that a step held with 8 craters.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from geo.measure import arguments, cpu_and_peak
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.analysis.crater_pattern import measure_pattern
from ejmap_project.analysis.crater_patterns import measure_patterns
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.layer_file import layer_bands, write_layers
from ejmap_project.files.mask_file import write_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import exclude_ejecta
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.planet_statistics import measure_planet
from ejmap_project.planetwide.superposition import order_craters
from ejmap_project.progress import Silence

if TYPE_CHECKING:
    from collections.abc import Callable

RADIUS_M = 40_000.0
COUNTS = (4, 8)
COMPILED_PX = 1440
SETTINGS = """
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv}
models: {ejseg: ready_grey}
"""


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    # The first run compiles.
    small, basemap = (BasemapGrid(body=MERCURY, width_px=px) for px in (COMPILED_PX, chosen.width))
    _costs(1, small, _noise(small))
    noise = _noise(basemap)
    few, many = (_costs(count, basemap, noise) for count in COUNTS)
    print(f"| step, CPU s at {chosen.width} px | 4 craters | 8 craters | a crater more | GB |")
    print("| --- | --- | --- | --- | --- |")
    for name, (few_s, _) in few.items():
        many_s, peak_gb = many[name]
        print(_row(name, few_s, many_s, f"{peak_gb:.2f}"))
    few_s, many_s = (sum(cpu_s for cpu_s, _ in one.values()) for one in (few, many))
    print(_row("all", few_s, many_s, ""))


def _row(name: str, few_s: float, many_s: float, peak: str) -> str:
    return f"| {name} | {few_s:.1f} | {many_s:.1f} | {(many_s - few_s) / 4:.2f} | {peak} |"


def _noise(basemap: BasemapGrid) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(60, 140, basemap.shape, np.uint8)


def _costs(
    count: int, basemap: BasemapGrid, noise: NDArray[np.uint8]
) -> dict[str, tuple[float, float]]:
    """Return CPU time and peak of each step for a project of some craters."""
    with tempfile.TemporaryDirectory() as folder:
        project, craters = _written(Path(folder), count, basemap, noise)
        work = CraterWork(project)
        work.maps_in_polar_view = work.promises_recall = False

        def patterns_of_craters() -> None:
            for crater in craters:
                measure_pattern(work, crater)

        steps: dict[str, Callable[[], object]] = {
            "crater_pattern with its page": patterns_of_craters,
            "overlaps": lambda: rank_overlaps(project, Silence(), tags={}),
            "crater_patterns": lambda: measure_patterns(project, Silence()),
            "superposition": lambda: order_craters(project, Silence()),
            "planet_statistics": lambda: measure_planet(project),
            "exclusion_mask": lambda: exclude_ejecta(project, Silence(), tags={}),
        }
        return {name: cpu_and_peak(step) for name, step in steps.items()}


def _written(
    folder: Path, count: int, basemap: BasemapGrid, noise: NDArray[np.uint8]
) -> tuple[OpenProject, list[Crater]]:
    (folder / "project.yaml").write_text(SETTINGS)
    project = OpenProject.at(folder)
    paths = project.paths
    # Neighbours 20 degrees apart: their rays cross.
    craters = [
        Crater(
            crater_id=at, name="", center=LonLat(20.0 * at - 70, 10.0 * (at % 3)), radius_m=RADIUS_M
        )
        for at in range(count)
    ]
    write_cog(paths.basemap_mosaic, noise[None], grid=basemap, nodata=0)
    write_catalogue(catalogue_from(craters, MERCURY), paths.crater_catalogue)
    masks = {}
    for crater in craters:
        grid = azimuthal_grid(crater, basemap)
        mask = _ejecta(grid)
        placed = mask_to_basemap(mask, azimuthal=grid, basemap=basemap)
        masks[crater.crater_id] = placed
        write_mask(paths.basemap_mask(crater.key), placed, basemap=basemap, center=crater.center)
        share = mask.astype(np.float32)
        layers = EnsembleLayers(np.float32(0.8) * share, share, 1)
        write_layers(paths.segmentation(crater.key), layer_bands(layers, mask), grid=grid)
    counts = label_map(masks, basemap=basemap).overlap_count
    write_cog(paths.overlap_count, counts, grid=basemap)
    return project, craters


def _ejecta(grid: AzimuthalGrid) -> NDArray[np.bool_]:
    side = (np.arange(2 * grid.half_size_px) + 0.5 - grid.half_size_px).astype(np.float32)
    east, north = np.meshgrid(side, -side)
    radii = np.hypot(east, north) * np.float32(grid.resolution_m / RADIUS_M)
    is_ray = np.abs(np.sin(4 * np.arctan2(east, north))) < 4 / np.maximum(radii, 1) / 2
    return (radii < 5) | (is_ray & (radii < 40))


if __name__ == "__main__":
    main()
