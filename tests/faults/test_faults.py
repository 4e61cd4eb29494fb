"""Faults over the whole chain: kills at random moments, damaged files, a restored backup.

Every fault ends in the map that an undisturbed run makes: in every pixel, and in every tag but
those of date and run.
"""

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

import dagster as dg
import pytest

from ejmap_assets.runs.instance import open_instance
from ejmap_assets.runs.lost_runs import UNFINISHED
from tests.faults.chain import Chain

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
SEED = int(os.environ.get("EJMAP_FAULT_SEED", "0"))
KILLS = int(os.environ.get("EJMAP_FAULT_KILLS", "200"))
# From the imports of a process to beyond the longest stage.
LONGEST_SECONDS = 40.0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A planet that was mapped without a fault."""
    chain = Chain.new(tmp_path_factory.mktemp("faults") / "undisturbed")
    done = chain.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return chain


def _unfinished(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    with open_instance(chain.folder) as instance:
        return instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED))


def test_a_restored_backup_has_nothing_to_make(undisturbed: Chain, tmp_path: Path) -> None:
    """Every stage is there and up to date, and the map is the same."""
    file, there = tmp_path / "backup.tar", tmp_path / "there"
    assert undisturbed.run("backup", str(file)).returncode == 0
    restored = Chain(file).run("restore", str(there))
    assert restored.returncode == 0, restored.stderr

    done = Chain(there).run()

    stages = [line for line in done.stdout.splitlines() if line.startswith("[")]
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in stages if "there and up to date" not in line] == []
    assert Chain(there).map_digests() == undisturbed.map_digests()


def _flip_bit(path: Path, others: Path) -> None:  # noqa: ARG001 - faults have one signature
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(path: Path, others: Path) -> None:  # noqa: ARG001
    os.truncate(path, path.stat().st_size // 2)


def _remove(path: Path, others: Path) -> None:  # noqa: ARG001
    path.unlink()


def _swap(path: Path, others: Path) -> None:
    """Put the file of another crater in its place."""
    path.write_bytes(others.read_bytes())


@pytest.mark.parametrize("fault", [_flip_bit, _cut, _remove, _swap])
def test_damaged_artefacts_are_made_again(
    undisturbed: Chain, tmp_path: Path, fault: Callable[[Path, Path], None]
) -> None:
    """Of every kind that a crater has, and the map; also read-only files."""
    chain = undisturbed.copy(tmp_path / "damaged")
    craters = sorted((chain.folder / "data" / "craters").iterdir())
    hit, other = craters[0], craters[1]
    names = sorted(
        one.relative_to(hit)
        for one in hit.rglob("*")
        if one.is_file() and one.suffix in {".tif", ".parquet"} and "kept" not in one.parts
    )
    for name in names:
        if (other / name).is_file():
            fault(hit / name, other / name)
            if (hit / name).exists():
                (hit / name).chmod(0o444)
    map_files = chain.folder / "data" / "map"
    fault(map_files / "label_map.tif", map_files / "overlap_count.tif")

    done = chain.run()

    assert names
    assert done.returncode == 0, done.stdout + done.stderr
    assert chain.map_digests() == undisturbed.map_digests()
    assert chain.run("verify").returncode == 0


def test_kills_at_random_moments_change_nothing(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chain is killed until it is done: its map is the same, and no run is left unfinished."""
    random = Random(SEED)  # noqa: S311 - moments, no secrets
    kills = 0
    for number in count():
        chain = Chain.new(tmp_path / f"chain_{number}")
        while kills < KILLS and chain.run_until_killed(random.uniform(0.0, LONGEST_SECONDS)):
            kills += 1
        done = chain.run()
        assert done.returncode == 0, (kills, done.stdout, done.stderr)
        assert chain.map_digests() == undisturbed.map_digests(), kills
        assert _unfinished(chain, monkeypatch) == 0
        if kills >= KILLS:
            break
