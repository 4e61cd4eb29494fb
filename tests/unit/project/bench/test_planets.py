"""The planets of the bench are frozen, and nothing else in the repository learns from them."""

from itertools import chain
from pathlib import Path

import numpy as np
import yaml

from ejmap_geo.synthetic.planet import make_planet
from ejmap_project.bench.planets import SCORED_SEEDS, TUNING_SEEDS, BenchSet
from ejmap_project.files.planet_files import planet_version
from ejmap_project.settings.project import profile_names, profile_text
from ejmap_project.training import make_ready_models


def test_a_kept_planet_is_the_planet_of_its_seed(bench: BenchSet, work: Path) -> None:
    """Written and read again, it equals the one that the generator makes."""
    one = bench.planets[0]

    kept = [one.made(work) for _ in range(2)]

    made = planet_version(make_planet(one.config, seed=one.seed))
    assert [planet_version(planet) for planet in kept] == [
        planet_version(kept[0]),
        planet_version(kept[0]),
    ]
    np.testing.assert_array_equal(kept[0].raster, make_planet(one.config, seed=one.seed).raster)
    assert planet_version(kept[1]) == made


def test_a_planet_of_other_code_is_made_again(bench: BenchSet, tmp_path: Path) -> None:
    """Its stamp no longer fits, whatever lies there."""
    one = bench.planets[0]
    one.made(tmp_path)
    folder = tmp_path / "planets" / one.name
    (folder / "made_by.txt").write_text("another generator", encoding="utf-8")
    (folder / "mosaic.tif").write_bytes(b"something else")

    planet = one.made(tmp_path)

    np.testing.assert_array_equal(planet.raster, make_planet(one.config, seed=one.seed).raster)


def test_nothing_trains_tunes_or_calibrates_on_scored_planets() -> None:
    """Neither the ready-made models nor the profiles of projects, and rules tune on others."""
    scored = set(chain(*SCORED_SEEDS.values()))
    learned = {
        *chain(*TUNING_SEEDS.values()),
        *make_ready_models.PLANET_SEEDS,
        *make_ready_models.WIDE_SEEDS,
        *make_ready_models.CALIBRATION_SEEDS,
    }
    for profile in profile_names():
        training = yaml.safe_load(profile_text(profile)).get("training") or {}
        learned |= set(training.get("seeds", ()))

    assert not scored & learned
    assert [len(seeds) for seeds in SCORED_SEEDS.values()] == [5, 5]
