"""The pattern of a crater: CPU time of one at the published resolution, by how far it reaches."""

import time

import numpy as np
from geo.measure import arguments
from geo.scene import CENTERS, CRATER_RADIUS_M, ejecta, grid_about, mosaic

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_project.analysis.crater_measures import measure
from ejmap_project.analysis.surroundings import Mapped, surroundings
from ejmap_project.basemap import Basemap

# Shares of the way to the antipode: each raster has four times the pixels of the one before.
REACHES = (0.0625, 0.125, 0.25)


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    whole = Basemap(mosaic(basemap), basemap)
    center = CENTERS["27 N"]
    crater = Crater(crater_id=1, name="One", center=center, radius_m=CRATER_RADIUS_M)
    print("| side | ejecta | mosaic cut | measured | both, a million pixels |")
    print("| --- | --- | --- | --- | --- |")
    for reach in REACHES:
        grid = grid_about(center, basemap, reach=reach)
        mapped = Mapped(ejecta(grid), None)
        times = np.array([_cpu_s(mapped, whole, crater, grid) for _ in range(chosen.runs + 1)])
        # The first run compiles.
        cut_s, measured_s = np.median(times[1:], axis=0)
        million, ejecta_px = grid.shape[0] ** 2 / 1e6, np.count_nonzero(mapped.mask)
        print(
            f"| {grid.shape[0]} px | {ejecta_px / 1e6:.1f} million px | {cut_s:.2f} s "
            f"| {measured_s:.2f} s | {1000 * (cut_s + measured_s) / million:.0f} ms |"
        )


def _cpu_s(
    mapped: Mapped, whole: Basemap, crater: Crater, grid: AzimuthalGrid
) -> tuple[float, float]:
    begun = time.process_time()
    around = surroundings(mapped, basemap=whole, crater=crater, grid=grid, rim=None)
    cut = time.process_time()
    measure(around)
    return cut - begun, time.process_time() - cut


if __name__ == "__main__":
    main()
