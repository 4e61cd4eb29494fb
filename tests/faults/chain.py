"""A planet of three craters that is mapped by `ejmap run` in processes of its own."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import rasterio

from tests.tiny_presets import EJCONN, POLAR

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml, iterations: 1}
mapping: {tile_side_px: 32}
"""
MAP_FILES = ("label_map.tif", "overlap_count.tif", "overlaps.tif", "exclusion_mask.tif")
# Which run wrote a file, and when, differs by design.
TAGS_OF_RUN = frozenset({"TIFFTAG_DATETIME", "EJMAP_RUN"})
# A run that takes longer waits for something that does not come.
PATIENCE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Chain:
    """A project and the processes that map it."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> "Chain":
        """Write a project of which nothing was made."""
        folder.mkdir(parents=True)
        (folder / "project.yaml").write_text(SETTINGS)
        (folder / "ejconn_test.yaml").write_text(EJCONN)
        (folder / "ejseg_test.yaml").write_text(POLAR)
        return cls(folder)

    def copy(self, folder: Path) -> "Chain":
        """Return another project with the same files and history."""
        shutil.copytree(self.folder, folder)
        return Chain(folder)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Call `ejmap WORD FOLDER`, by default `run`, and wait for its end."""
        return subprocess.run(
            self._command(*(words or ("run",))),
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )

    def run_until_killed(self, seconds: float) -> bool:
        """Kill `ejmap run` and all it started after that time; return False if it ended before."""
        process = subprocess.Popen(
            self._command("run"),
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False

    def map_digests(self) -> dict[str, str]:
        """Return digests of the rasters of the map: pixels, grid, and tags but those of the run."""
        return {one: _digest(self.folder / "data" / "map" / one) for one in MAP_FILES}

    def _command(self, word: str, *rest: str) -> list[str]:
        python = (sys.executable, "-W", "ignore", "-m", "ejmap_cli.main")
        return [*python, word, str(self.folder), *rest]


def _digest(path: Path) -> str:
    with rasterio.open(path) as raster:
        told = {name: tag for name, tag in raster.tags().items() if name not in TAGS_OF_RUN}
        found = hashlib.sha256(raster.read().tobytes())
        found.update(repr((raster.dtypes, raster.transform, raster.crs.to_wkt(), told)).encode())
    return found.hexdigest()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EJMAP_")}
    kept.pop("DAGSTER_HOME", None)
    return {**kept, "OMP_NUM_THREADS": "1"}
