"""Runs whose process was killed, and waiting for a pool slot, with real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.run_process import PROCESS_TAG, is_gone, process_tags
from ejmap_assets.runs.in_process import PlannedRun, execute
from ejmap_assets.runs.lost_runs import end_lost_runs

SETTINGS = """
run_launcher: {module: ejmap_assets.run_launcher, class: WatchedRunLauncher}
concurrency: {pools: {granularity: op, default_limit: 1, op_granularity_run_buffer: 0}}
"""
# Holds the pool slot until killed; prints a line when it waits, makes a file when it works.
WORKER = """
import sys, time
from pathlib import Path
import dagster as dg
from ejmap_assets.runs.in_process import PlannedRun, execute

home = Path(sys.argv[1])

@dg.asset(pool="gpu")
def mask():
    (home / sys.argv[2]).touch()
    while True:
        time.sleep(0.05)

job = dg.Definitions(assets=[mask], jobs=[dg.define_asset_job("map")]).resolve_job_def("map")
with dg.DagsterInstance.from_config(str(home)) as instance:
    try:
        planned = PlannedRun(assets=("mask",))
        execute(instance, job, planned, tell=lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        sys.exit(130)
"""
PATIENCE_SECONDS = 60


@dg.asset(pool="gpu")
def mask() -> None:
    """An asset that takes the pool's only slot."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of an instance with our launcher and one slot a pool."""
    (tmp_path / "dagster.yaml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """The instance in the folder ``home``."""
    with dg.DagsterInstance.from_config(str(home)) as found:
        yield found


@contextmanager
def _worker(home: Path, name: str) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORKER, str(home), name],
        env={**os.environ, "DAGSTER_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _map(instance: dg.DagsterInstance, told: list[str]) -> bool:
    job = dg.Definitions(assets=[mask], jobs=[dg.define_asset_job("map")]).resolve_job_def("map")
    return execute(instance, job, PlannedRun(assets=("mask",)), tell=told.append).success


def test_the_place_of_a_killed_process_is_free_for_the_next(
    home: Path, instance: dg.DagsterInstance
) -> None:
    """A killed process frees its pool slot: its run counts as failed and the next does not wait."""
    with _worker(home, "working") as worker:
        _until((home / "working").exists)
        (run,) = instance.get_runs()
        assert end_lost_runs(instance) == []
        worker.kill()
        # Not waited for: a zombie process counts as ended too.
        _until(lambda: is_gone(run) is True)

        assert end_lost_runs(instance) == [run.run_id]
        failed = instance.get_run_by_id(run.run_id)

    told: list[str] = []
    assert failed is not None
    assert failed.status is dg.DagsterRunStatus.FAILURE
    assert _map(instance, told)
    assert told == []


def test_a_process_that_is_killed_while_somebody_waits_for_it_is_found_out(
    home: Path, instance: dg.DagsterInstance
) -> None:
    """A waiting run names the run it waits for once, and continues after that process dies."""
    with _worker(home, "working") as worker:
        _until((home / "working").exists)
        (run,) = instance.get_runs()
        told: list[str] = []

        def tell(sentence: str) -> None:
            told.append(sentence)
            worker.kill()

        job = dg.Definitions(assets=[mask], jobs=[dg.define_asset_job("map")])
        mapped = execute(
            instance, job.resolve_job_def("map"), PlannedRun(assets=("mask",)), tell=tell
        ).success

    assert mapped
    assert told == [f"waiting for run {run.run_id[:8]} (map) in pool gpu; Ctrl-C gives up"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_waits_can_be_told_to_give_up(
    home: Path, instance: dg.DagsterInstance, number: signal.Signals
) -> None:
    """Ctrl-C or SIGTERM ends a wait and leaves nothing in the queue of the pool."""
    with _worker(home, "working"):
        _until((home / "working").exists)
        with _worker(home, "waiting") as waiting:
            assert waiting.stdout is not None
            assert waiting.stdout.readline().startswith("waiting for run")
            waiting.send_signal(number)
            assert waiting.wait(PATIENCE_SECONDS) == 130
        info = instance.event_log_storage.get_concurrency_info("gpu")
        assert len(info.claimed_slots) == 1
        assert info.pending_step_count == 0
    assert not (home / "waiting").exists()
    assert len(instance.get_runs()) == 1


def test_a_number_that_another_process_has_now_is_no_alibi() -> None:
    """A process with the same number but another start time does not count as the run's process."""
    run_id, process_id, _, namespace = process_tags("one")[PROCESS_TAG].split()
    tags = {**process_tags("one"), PROCESS_TAG: f"{run_id} {process_id} 1 {namespace}"}

    assert is_gone(dg.DagsterRun("map", run_id="one", tags=process_tags("one"))) is False
    assert is_gone(dg.DagsterRun("map", run_id="one", tags=tags)) is True


def test_nobody_can_tell_of_another_machine_or_of_a_run_that_is_run_again() -> None:
    """The state of a process is unknown on another machine and for tags inherited by a retry."""
    elsewhere = {**process_tags("one"), "ejmap/host": "another"}

    assert is_gone(dg.DagsterRun("map", run_id="one", tags=elsewhere)) is None
    assert is_gone(dg.DagsterRun("map", run_id="two", tags=process_tags("one"))) is None


@pytest.mark.parametrize(
    "status",
    [
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELED,
    ],
)
def test_a_place_that_an_ended_run_holds_is_free(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    """Whatever its end: the process that had to free its slots was killed before it did."""
    run = instance.create_run_for_job(
        dg.Definitions(assets=[mask], jobs=[dg.define_asset_job("map")]).resolve_job_def("map"),
        status=status,
    )
    instance.event_log_storage.set_concurrency_slots("gpu", 1)
    assert instance.event_log_storage.claim_concurrency_slot("gpu", run.run_id, "mask").is_claimed

    assert _map(instance, [])


class _KilledError(BaseException):
    """What ends a process between two of its lines."""


@pytest.mark.parametrize("line", ["free_concurrency_slots_for_run", "report_run_failed"])
def test_a_kill_while_a_lost_run_is_reported_locks_nothing(
    home: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The next `ejmap run` reports it and takes its place, at whichever line the reporter died."""
    with _worker(home, "working") as worker:
        _until((home / "working").exists)
        (run,) = instance.get_runs()
        worker.kill()
        _until(lambda: is_gone(run) is True)

    def killed(*_: object) -> None:
        raise _KilledError

    owner = instance if line == "report_run_failed" else instance.event_log_storage
    with monkeypatch.context() as patch:
        patch.setattr(owner, line, killed)
        with pytest.raises(_KilledError):
            end_lost_runs(instance)
    # As every `ejmap run` does first.
    end_lost_runs(instance)

    assert _map(instance, [])
    failed = instance.get_run_by_id(run.run_id)
    assert failed is not None
    assert failed.status is dg.DagsterRunStatus.FAILURE


def test_a_place_that_an_unknown_run_holds_is_freed(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool slot is freed if its run was never recorded, as after a kill between both steps."""
    monkeypatch.setattr("ejmap_assets.runs.pool_turn.UNKNOWN_SECONDS", 0.0)
    instance.event_log_storage.set_concurrency_slots("gpu", 1)
    assert instance.event_log_storage.claim_concurrency_slot("gpu", "nobody", "mask").is_claimed
    told: list[str] = []

    assert _map(instance, told)
    assert told == ["waiting for another run in pool gpu; Ctrl-C gives up"]
