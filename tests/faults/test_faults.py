"""Faults over the whole chain: kills at random moments, damaged files, a restored backup.

Every fault ends in the map that an undisturbed run makes: in every pixel, and in every tag but
those of date and run.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

import dagster as dg
import pytest

from ejmap_assets.lineage.stages import CRATERS
from ejmap_assets.runs.instance import home_of, open_instance
from ejmap_assets.runs.lost_runs import UNFINISHED
from tests.faults.chain import Chain

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
SEED = int(os.environ.get("EJMAP_FAULT_SEED", "0"))
KILLS = int(os.environ.get("EJMAP_FAULT_KILLS", "200"))


class Undisturbed(NamedTuple):
    """A planet that was mapped without a fault, and how long that took."""

    chain: Chain
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Map a planet without a fault."""
    chain = Chain.new(tmp_path_factory.mktemp("faults") / "undisturbed")
    began = time.monotonic()
    done = chain.run()
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stdout + done.stderr
    return Undisturbed(chain, seconds)


def _unfinished_jobs(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the jobs of the runs that have not ended; none before there is a history."""
    if not home_of(chain.folder).is_dir():
        return []
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    with open_instance(chain.folder) as instance:
        return [run.job_name for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))]


def test_a_restored_backup_has_nothing_to_make(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Every stage is there and up to date, and the map is the same."""
    file, there = tmp_path / "backup.tar", tmp_path / "there"
    assert undisturbed.chain.run("backup", str(file)).returncode == 0
    restored = Chain(file).run("restore", str(there))
    assert restored.returncode == 0, restored.stderr

    done = Chain(there).run()

    stages = [line for line in done.stdout.splitlines() if line.startswith("[")]
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in stages if "there and up to date" not in line] == []
    assert Chain(there).map_digests() == undisturbed.chain.map_digests()


def _flip_bit(path: Path, _other: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(path: Path, _other: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _remove(path: Path, _other: Path) -> None:
    path.unlink()


def _swap(path: Path, other: Path) -> None:
    """Put the file of another crater in its place."""
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("fault", [_flip_bit, _cut, _remove, _swap])
def test_damaged_artefacts_are_made_again(
    undisturbed: Undisturbed, tmp_path: Path, fault: Callable[[Path, Path], None]
) -> None:
    """Of every kind that a crater has, the catalogue and the map; also read-only files."""
    chain = undisturbed.chain.copy(tmp_path / "damaged")
    craters = sorted((chain.folder / "data" / "craters").iterdir())
    hit, other = craters[0], craters[1]
    names = sorted(
        one.relative_to(hit)
        for one in hit.rglob("*")
        if one.suffix in {".tif", ".parquet"} and "kept" not in one.parts
    )
    struck = [name for name in names if (hit / name).is_file() and (other / name).is_file()]
    for name in struck:
        fault(hit / name, other / name)
        if (hit / name).exists():
            (hit / name).chmod(0o444)
    fault(chain.folder / "data" / "catalogue.parquet", other / "profile.parquet")
    map_files = chain.folder / "data" / "map"
    fault(map_files / "label_map.tif", map_files / "overlap_count.tif")

    done = chain.run()

    assert struck
    assert done.returncode == 0, done.stdout + done.stderr
    assert chain.map_digests() == undisturbed.chain.map_digests()
    assert chain.run("verify").returncode == 0


def test_kills_at_random_moments_change_nothing(
    undisturbed: Undisturbed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Each chain is killed until it is done: its map is the same, and no run is left unfinished.

    Moments are drawn over the time that a whole run takes, and some fall into mapping.
    """
    random = Random(SEED)  # noqa: S311 - moments, no secrets
    kills, struck = 0, Counter[str]()
    for number in count():
        chain = Chain.new(tmp_path / f"chain_{number}")
        while kills < KILLS and chain.run_until_killed(random.uniform(0.0, undisturbed.seconds)):
            kills += 1
            struck.update(_unfinished_jobs(chain, monkeypatch))
        done = chain.run()
        assert done.returncode == 0, (kills, done.stdout, done.stderr)
        assert chain.map_digests() == undisturbed.chain.map_digests(), kills
        assert _unfinished_jobs(chain, monkeypatch) == []
        if kills >= KILLS:
            break
    record_property("seconds of a run", undisturbed.seconds)
    record_property("kills by job in progress", dict(struck))
    assert struck[CRATERS.job.name] > 0, struck
