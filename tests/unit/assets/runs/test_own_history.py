"""Jobs that work on copies of a history, and hand their runs over."""

from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.history import URL_VARIABLE
from ejmap_assets.runs.instance import HOME_VARIABLE, open_instance
from ejmap_assets.runs.own_history import own_history, take_runs
from tests.postgres_server import PostgresServer

KEY = dg.AssetKey("rim")
CRATERS = dg.DynamicPartitionsDefinition(name="craters")


@dg.asset(partitions_def=CRATERS)
def rim(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """An asset of a crater; one of them fails."""
    if context.partition_key == "0003":
        raise dg.Failure("somebody broke this crater")
    return dg.MaterializeResult(metadata={"crater": context.partition_key})


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an instance sets these; they are put back."""
    for name in (HOME_VARIABLE, "EJMAP_PROJECT", URL_VARIABLE):
        monkeypatch.setenv(name, "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with three craters, one of them mapped."""
    with open_instance(tmp_path) as instance:
        instance.add_dynamic_partitions("craters", ["0001", "0002", "0003"])
        _map(instance, "0001")
    return tmp_path


def _map(instance: dg.DagsterInstance, key: str) -> None:
    dg.materialize([rim], instance=instance, partition_key=key, raise_on_error=False)


def _mapped(instance: dg.DagsterInstance) -> list[str | None]:
    records = instance.fetch_materializations(KEY, limit=10).records
    return [record.partition_key for record in reversed(records)]


def _job(folder: Path, key: str) -> list[str | None]:
    """Map a crater as the job of an array does; return what it knows to be mapped."""
    with own_history(folder) as instance:
        _map(instance, key)
        return _mapped(instance)


def test_runs_of_several_jobs_come_into_one_history(folder: Path) -> None:
    """Each job knows what was there before it, and not what its siblings make."""
    assert _job(folder, "0002") == ["0001", "0002"]
    assert _job(folder, "0003") == ["0001"]
    with open_instance(folder) as instance:
        assert _mapped(instance) == ["0001"]

        assert take_runs(instance, folder) == 2

        assert _mapped(instance) == ["0001", "0002"]
        assert instance.get_materialized_partitions(KEY) == {"0001", "0002"}
        taken = list(instance.get_run_records(limit=2))
        states = {record.dagster_run.tags["dagster/partition"]: record for record in taken}
        assert states["0002"].dagster_run.status is dg.DagsterRunStatus.SUCCESS
        assert states["0003"].dagster_run.status is dg.DagsterRunStatus.FAILURE
        assert all(record.start_time and record.end_time for record in taken)
        failed = instance.all_logs(states["0003"].dagster_run.run_id)
        assert any("somebody broke this crater" in event.to_json() for event in failed)
        assert take_runs(instance, folder) == 0


def test_a_job_that_ends_early_hands_over_what_it_finished(folder: Path) -> None:
    """Such as one whose run failed."""
    with pytest.raises(ZeroDivisionError):
        _end_early(folder)

    with open_instance(folder) as instance:
        assert take_runs(instance, folder) == 1
        assert _mapped(instance) == ["0001", "0002"]


def _end_early(folder: Path) -> None:
    with own_history(folder) as instance:
        _map(instance, "0002")
        raise ZeroDivisionError


@pytest.fixture
def database(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history in PostgreSQL."""
    monkeypatch.setenv(URL_VARIABLE, postgres.create_database("own_history"))


@pytest.mark.usefixtures("database")
def test_jobs_share_a_history_in_postgresql(folder: Path) -> None:
    """Nothing is copied, and nothing has to be taken over."""
    assert _job(folder, "0002") == ["0001", "0002"]

    with open_instance(folder) as instance:
        assert _mapped(instance) == ["0001", "0002"]
        assert take_runs(instance, folder) == 0
