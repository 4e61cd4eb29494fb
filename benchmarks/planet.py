"""A planet of 23040 x 11520 x 3 with 200 craters, mapped for real by the ready-made model.

Makes the planet and the project (minutes, not counted), then measures `ejmap run`: time by the
clock and of the cores, most memory of all its processes, and time and disk by step. With `--resume`
a folder that was made before is mapped on.
"""

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from geo.measure import size_mb
from numpy.typing import NDArray

from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.runs.instance import open_instance
from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.open_project import OpenProject

ENLARGED = 8
# Bands of rows as they are enlarged, so that random numbers of the whole are never held at once.
STRIP_ROWS = 1024
NOISE_LEVELS = 3
SAMPLED_S = 1.0


def main() -> None:
    """Make the project unless it is there, map it, and print what that took."""
    chosen = _arguments()
    folder = chosen.folder / "project"
    if not chosen.resume:
        _make(chosen.folder, folder, chosen)
    peak = _PeakOfGroup()
    begun_s, begun_cpu_s = time.monotonic(), _cpu_of_children_s()
    process = subprocess.Popen(  # noqa: S603 - our own program with our own words
        [sys.executable, "-m", "ejmap_cli.main", "run", str(folder)], start_new_session=True
    )
    peak.watch(process.pid)
    code = process.wait()
    wall_s = time.monotonic() - begun_s
    peak.end()
    cpu_s = _cpu_of_children_s() - begun_cpu_s
    print(f"`ejmap run` ended with {code}")
    print(f"by the clock {wall_s / 60:.1f} min, of a core {cpu_s / 60:.1f}")
    print(f"most memory of all its processes {peak.gb:.2f} GB")
    _print_steps(folder)


def _cpu_of_children_s() -> float:
    """Return the CPU time of all commands that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder to make")
    parser.add_argument("--craters", type=int, default=200)
    parser.add_argument("--width-px", type=int, default=23040)
    parser.add_argument("--seed", type=int, default=701)
    parser.add_argument("--resume", action="store_true", help="map on in a folder made before")
    return parser.parse_args()


def _make(folder: Path, project: Path, chosen: argparse.Namespace) -> None:
    config = PlanetConfig(width_px=chosen.width_px // ENLARGED, craters=chosen.craters, bands=3)
    planet = make_planet(config, seed=chosen.seed)
    mosaic, craters = folder / "mosaic.tif", folder / "craters.gpkg"
    body = planet.basemap.body
    grid = BasemapGrid(body=body, width_px=chosen.width_px)
    write_cog(mosaic, _enlarged(planet.raster, seed=chosen.seed), grid=grid, nodata=0)
    write_catalogue(catalogue_from(planet.craters, body), craters)
    files = ("--mosaic", mosaic, "--craters", craters)
    words = ("new", project, *files, "--bands", "mercury-enhanced")
    subprocess.run(  # noqa: S603 - our own program with our own words
        [sys.executable, "-m", "ejmap_cli.main", *map(str, words)], check=True
    )


def _enlarged(raster: NDArray[np.uint8], *, seed: int) -> NDArray[np.uint8]:
    """Return a mosaic of so many times the width, with the noise of a sensor in every pixel."""
    rng = np.random.default_rng(seed)
    bands, rows, cols = raster.shape
    full = np.empty((bands, rows * ENLARGED, cols * ENLARGED), np.uint8)
    for top in range(0, full.shape[1], STRIP_ROWS):
        strip = full[:, top : top + STRIP_ROWS]
        small = raster[:, (top + np.arange(strip.shape[1])) // ENLARGED]
        large = np.repeat(small, ENLARGED, axis=2)
        noise = rng.normal(0, NOISE_LEVELS, large.shape).round()
        # Zero is nodata.
        strip[:] = np.where(large > 0, np.clip(large + noise, 1, 255), 0)
    return full


class _PeakOfGroup:
    """The most memory that the processes of a group hold together, shared pages counted once."""

    def __init__(self) -> None:
        self.gb = 0.0
        self._ended = threading.Event()
        self._watcher: threading.Thread | None = None

    def watch(self, group: int) -> None:
        """Look at the processes of a group again and again until told to end."""
        self._watcher = threading.Thread(target=self._look, args=(group,), daemon=True)
        self._watcher.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._watcher is not None:
            self._watcher.join()

    def _look(self, group: int) -> None:
        while not self._ended.wait(SAMPLED_S):
            self.gb = max(self.gb, _gb_of_group(group))


def _gb_of_group(group: int) -> float:
    total_kb = 0
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            if os.getsid(int(place.name)) != group:
                continue
            lines = (place / "smaps_rollup").read_text().splitlines()
        except OSError:
            # It ended meanwhile.
            continue
        total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total_kb * 1024 / 1e9


def _print_steps(folder: Path) -> None:
    project = OpenProject.at(folder)
    print("\n| step | artefacts | seconds | MB |\n| --- | --- | --- | --- |")
    with open_instance(folder) as instance:
        book = book_of(project, instance)
        for asset, row in LINEAGE.items():
            records = book.records(asset)
            if not records:
                continue
            seconds = sum(made.seconds or 0.0 for made in records.values())
            places = {
                place
                for partition in records
                for place in (
                    row.output(project.paths, partition or ""),
                    *row.beside(project.paths),
                )
            }
            print(f"| `{asset}` | {len(records)} | {seconds:.0f} | {size_mb(*places):.1f} |")


if __name__ == "__main__":
    main()
