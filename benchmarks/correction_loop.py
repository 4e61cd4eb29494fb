"""From two corrected craters to a new map: what the loop of corrections gains, on one planet.

A planet of which some craters are labelled is mapped by `ready_grey` and released. The two
unlabelled craters that the map has most wrong are handed out, drawn as a person with the stated
habit would, and imported: from then on the map shows them as they were drawn. `ready_grey` learns
on from all labels in a few steps, the gate judges, and if it promotes, all other craters are
mapped anew. Scores are against what that person would draw.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import rasterio

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on, write_cog
from ejmap_geo.scores.agreement import Confusion, placed_confusion
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.config.model_config import to_yaml
from ejmap_project.corrections.package_note import read_note
from ejmap_project.files.mask_file import write_mask
from ejmap_project.models.model_version import TUNED, ModelVersion, model_of
from ejmap_project.models.promotion_record import promotions
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import mask_name

CORRECTED, MEMBERS = 2, 3
START, CANDIDATE = "ready_grey", "ready_grey_quick"


def main() -> None:
    """Run the loop in a new folder and print scores before and after."""
    chosen = _arguments()
    begun_s = time.monotonic()
    config = PlanetConfig(width_px=chosen.width_px, craters=chosen.craters, bands=1)
    planet = make_planet(config, seed=chosen.seed)
    labelled = planet.craters[: chosen.labelled]
    drawn = {one: _drawn(mask, planet, chosen.wider_px) for one, mask in planet.truth.items()}
    folder = _write(chosen.folder, planet, drawn, labelled)
    _learn_in(folder, steps=chosen.steps)
    _ejmap("run", folder)
    _ejmap("release", "make", folder, "before")
    before = _scores(folder, planet, drawn)
    unlabelled = [one for one in planet.craters if one not in labelled]
    worst = sorted(unlabelled, key=lambda one: before[one.crater_id].f1)[:CORRECTED]
    package = chosen.folder / "package"
    _ejmap("correct", folder, *(one.crater_id for one in worst), "--out", package)
    _draw(package, planet, drawn)
    _ejmap("import-labels", folder, package, "--by", "somebody")
    _ejmap("run", folder)
    _ejmap("release", "make", folder, "after")
    _ejmap("release", "diff", folder, "before", "after")
    _tell_gate(folder)
    after = _scores(folder, planet, drawn)
    _print("labelled before", labelled, before, after)
    _print("corrected: on the map as drawn", worst, before, after)
    _print("never labelled", [one for one in unlabelled if one not in worst], before, after)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall_s, cpu_s = time.monotonic() - begun_s, used.ru_utime + used.ru_stime
    print(f"the loop took {wall_s:.0f} s, {cpu_s:.0f} s of a core")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder to make")
    parser.add_argument("--seed", type=int, default=601)
    parser.add_argument("--width-px", type=int, default=1024)
    parser.add_argument("--craters", type=int, default=10)
    parser.add_argument("--labelled", type=int, default=4, help="craters labelled from the start")
    parser.add_argument("--wider-px", type=int, default=2, help="habit: draw so much wider")
    parser.add_argument("--steps", type=int, default=20, help="steps of each member that learns on")
    return parser.parse_args()


def _learn_in(folder: Path, *, steps: int) -> None:
    """Let the candidate of a project learn on in so many steps from each member of its start."""
    project = OpenProject.at(folder)
    tuned = model_of(project, "ejseg", ModelVersion(f"{START}{TUNED}"))
    training = tuned.training.model_copy(update={"max_steps": steps})
    config = tuned.model_copy(update={"name": CANDIDATE, "training": training})
    preset = project.paths.preset(CANDIDATE)
    preset.parent.mkdir(exist_ok=True)
    preset.write_text(to_yaml(config))
    stated = project.paths.settings.read_text()
    assert "iterations: 1 " in stated  # noqa: S101, else one member would hold back two craters
    stated = stated.replace(f'"{START}{TUNED}"', f'"{CANDIDATE}"')
    project.paths.settings.write_text(stated.replace("iterations: 1 ", f"iterations: {MEMBERS} "))


def _tell_gate(folder: Path) -> None:
    decided = promotions(OpenProject.at(folder).paths, "ejseg")[-1]
    print(f"the gate: {decided.decision.value} ({decided.reason})")
    print(f"{decided.current.version} maps the craters that nobody corrected")


def _ejmap(*words: object) -> None:
    print("$ ejmap", *words, flush=True)
    subprocess.run(  # noqa: S603 - our own program with our own words
        [sys.executable, "-m", "ejmap_cli.main", *map(str, words)], check=True
    )


def _drawn(mask: PlacedMask, planet: Planet, wider_px: int) -> PlacedMask:
    """Return what a person with the stated habit draws."""
    full = mask.within(Window.whole(planet.basemap.shape), planet.basemap)
    for _ in range(wider_px):
        grown = full | np.roll(full, 1, axis=1) | np.roll(full, -1, axis=1)
        grown[1:] |= full[:-1]
        grown[:-1] |= full[1:]
        full = grown
    return PlacedMask.from_full(full, planet.basemap)


def _write(
    folder: Path, planet: Planet, drawn: dict[int, PlacedMask], labelled: Iterable[Crater]
) -> Path:
    mosaic, craters, masks = folder / "mosaic.tif", folder / "craters.gpkg", folder / "masks"
    write_cog(mosaic, planet.raster, grid=planet.basemap, nodata=0)
    write_catalogue(catalogue_from(planet.craters, planet.basemap.body), craters)
    for one in labelled:
        path = masks / mask_name(one.key)
        write_mask(path, drawn[one.crater_id], basemap=planet.basemap, center=one.center)
    project = folder / "project"
    files = ("--mosaic", mosaic, "--craters", craters, "--masks", masks)
    _ejmap("new", project, *files, "--bands", "grey")
    return project


def _draw(package: Path, planet: Planet, drawn: dict[int, PlacedMask]) -> None:
    """Replace the pixels of every mask of a package, as a person would."""
    keys = {one.crater_id: one.key for one in planet.craters}
    for one in read_note(package).craters:
        with rasterio.open(package / mask_name(keys[one.crater_id]), "r+") as raster:
            raster.write(drawn[one.crater_id].within(one.window, planet.basemap).astype("uint8"), 1)


def _scores(folder: Path, planet: Planet, drawn: dict[int, PlacedMask]) -> dict[int, Confusion]:
    paths = OpenProject.at(folder).paths
    return {
        one.crater_id: placed_confusion(
            read_mask_on(paths.basemap_mask(one.key), planet.basemap),
            drawn[one.crater_id],
            basemap=planet.basemap,
        )
        for one in planet.craters
    }


def _print(
    what: str,
    craters: Sequence[Crater],
    before: dict[int, Confusion],
    after: dict[int, Confusion],
) -> None:
    pair = [np.mean([scores[one.crater_id].f1 for one in craters]) for scores in (before, after)]
    print(
        f"{what:<31} {len(craters):>2} craters  mean F1 {pair[0]:.3f} before, {pair[1]:.3f} after"
    )


if __name__ == "__main__":
    main()
