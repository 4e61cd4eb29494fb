"""The mosaics and crater tables of the bench as files, for others to map."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import body_named
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.whole_file import whole_file
from ejmap_project.bench.mask_entry import numbered_craters
from ejmap_project.bench.planets import BenchSet
from ejmap_project.progress import Progress
from ejmap_project.reference.reference_mosaics import reference_mosaic

COLUMNS = ("crater_id", "name", "lon_deg", "lat_deg", "radius_m")


def write_bench(bench: BenchSet, folder: Path, *, work: Path, progress: Progress) -> list[Path]:
    """Write ``PLANET/mosaic.tif`` and ``PLANET/craters.csv`` of every planet and body.

    Args:
        bench: The bench.
        folder: Where they go to.
        work: Folder of the bench, which keeps planets that were made.
        progress: Told of every planet.

    Returns:
        The folders that were written.
    """
    total = len(bench.planets) + len(bench.bodies)
    written: list[Path] = []
    for planet in bench.planets:
        progress.update(planet.name, done=len(written), total=total)
        made = planet.made(work)
        written.append(folder / planet.name)
        _write(written[-1], made.raster, made.basemap, made.craters)
    for body in bench.bodies:
        progress.update(body, done=len(written), total=total)
        raster, basemap = reference_mosaic(body_named(body))
        written.append(folder / body.lower())
        _write(written[-1], raster, basemap, numbered_craters(bench.craters_of(body)))
    return written


def _write(
    folder: Path, raster: NDArray[np.uint8], basemap: BasemapGrid, craters: Iterable[Crater]
) -> None:
    write_cog(folder / "mosaic.tif", raster, grid=basemap, nodata=0)
    with (
        whole_file(folder / "craters.csv") as unfinished,
        unfinished.open("w", encoding="utf-8", newline="") as file,
    ):
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows((one.crater_id, one.name, *one.center, one.radius_m) for one in craters)
