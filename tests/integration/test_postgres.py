"""Histories in a real PostgreSQL: kept, told apart, and refused to the wrong project."""

from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest

from ejmap_assets.history import ID_FILE, URL_VARIABLE
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.main import main
from ejmap_project.errors import SettingsError
from ejmap_project.settings.project import create_project
from tests.postgres_server import PASSWORD, PostgresServer


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an instance sets these; they are put back."""
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")


@dg.asset
def rim() -> dg.MaterializeResult[None]:
    """An asset that leaves one event."""
    return dg.MaterializeResult(metadata={"radius_m": 57_000})


def _open(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch, *keys: str) -> list[str]:
    """Open a project on a database, add craters and return all that there are."""
    monkeypatch.setenv(URL_VARIABLE, address)
    with open_instance(folder) as instance:
        instance.add_dynamic_partitions("craters", keys)
        return list(instance.get_dynamic_partitions("craters"))


def test_runs_events_and_partitions_are_in_the_database(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no SQLite file beside it; read without Dagster."""
    monkeypatch.setenv(URL_VARIABLE, postgres.create_database("whole"))
    with open_instance(tmp_path) as instance:
        instance.add_dynamic_partitions("craters", ["0001", "0000"])
        result = dg.materialize([rim], instance=instance)

    events = "SELECT asset_key FROM event_logs WHERE run_id = %s AND dagster_event_type = %s"
    partitions = "SELECT partition FROM dynamic_partitions ORDER BY partition"
    found = postgres.rows("whole", events, result.run_id, "ASSET_MATERIALIZATION")
    assert found == [('["rim"]',)]
    assert postgres.rows("whole", "SELECT status FROM runs") == [("SUCCESS",)]
    assert postgres.rows("whole", partitions) == [("0000",), ("0001",)]
    assert not list(tmp_path.rglob("*.db"))


def test_two_projects_have_two_databases(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Craters are partitions of the history, so neither sees those of the other."""
    first, second = (postgres.create_database(name) for name in ("mercury", "moon"))

    assert _open(tmp_path / "mercury", first, monkeypatch, "0001") == ["0001"]
    assert _open(tmp_path / "moon", second, monkeypatch, "0002") == ["0002"]
    assert _open(tmp_path / "mercury", first, monkeypatch, "0003") == ["0001", "0003"]


def test_the_database_of_another_project_is_refused(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names it and how to make the project the owner, which then holds."""
    address = postgres.create_database("taken")
    _open(tmp_path / "mercury", address, monkeypatch, "0001")
    owner = (tmp_path / "mercury" / "dagster_home" / ID_FILE).read_text().strip()

    with pytest.raises(SettingsError, match="history of another project, mercury; ") as refused:
        _open(tmp_path / "moon", address, monkeypatch, "0002")

    note = tmp_path / "moon" / "dagster_home" / ID_FILE
    assert f"write {owner} into {note}" in str(refused.value)
    note.write_text(owner)
    assert _open(tmp_path / "moon", address, monkeypatch, "0002") == ["0001", "0002"]


def test_a_project_that_moves_finds_its_history(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the name nor the place of its folder says which it is."""
    address = postgres.create_database("moved")
    _open(tmp_path / "here", address, monkeypatch, "0001")

    (tmp_path / "here").rename(tmp_path / "there")

    assert _open(tmp_path / "there", address, monkeypatch, "0002") == ["0001", "0002"]


def test_a_backup_is_the_project_with_its_history_wherever_it_is_restored(
    postgres: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Into an empty database alone: one with content is left as it is, and no folder remains."""
    address, restored = (postgres.create_database(name) for name in ("kept", "restored"))
    folder, file = create_project(tmp_path / "mine", profile="demo").folder, tmp_path / "mine.tar"
    _open(folder, address, monkeypatch, "0001")
    assert main(["backup", str(folder), str(file)]) == 0

    assert main(["restore", str(file), str(tmp_path / "there")]) == 1
    monkeypatch.delenv(URL_VARIABLE)
    assert main(["restore", str(file), str(tmp_path / "there")]) == 1
    told = capsys.readouterr().err
    assert "pg_restore failed on 127.0.0.1" in told
    assert f"lies in PostgreSQL; create a database, and set {URL_VARIABLE}" in told
    assert PASSWORD not in told
    assert not (tmp_path / "there").exists()

    monkeypatch.setenv(URL_VARIABLE, restored)
    assert main(["restore", str(file), str(tmp_path / "there")]) == 0
    assert _open(tmp_path / "there", restored, monkeypatch, "0002") == ["0001", "0002"]


def test_an_empty_database_is_not_taken_for_the_history_of_a_project(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong address or a backup that was not restored: everything would be made again."""
    _open(tmp_path, postgres.create_database("right"), monkeypatch, "0001")

    with pytest.raises(SettingsError, match=r"wrong on 127\.0\.0\.1 does not hold the history"):
        _open(tmp_path, postgres.create_database("wrong"), monkeypatch, "0001")


def test_the_database_of_another_dagster_is_refused(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its runs are not of craters."""
    address = postgres.create_database("other")
    settings = {"storage": {"postgres": {"postgres_url": _with_driver(address)}}}
    with dg.instance_for_test(overrides=settings) as instance:
        dg.materialize([rim], instance=instance)

    with pytest.raises(SettingsError, match="holds runs of another Dagster"):
        _open(tmp_path, address, monkeypatch, "0001")


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        pytest.param("ejmap:wrong@127.0.0.1:{port}/postgres", "authentication failed", id="secret"),
        pytest.param("ejmap@127.0.0.1:1/postgres", "Connection refused", id="port"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    postgres: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    reason: str,
) -> None:
    """It says why, and shows no password."""
    monkeypatch.setattr("dagster_postgres.utils.calculate_delay", lambda **_: 0)
    port = urlsplit(postgres.create_database(f"unused_{len(place)}")).port

    with pytest.raises(SettingsError, match=rf"postgres on 127\.0\.0\.1: .*{reason}") as refused:
        _open(tmp_path, f"postgresql://{place.format(port=port)}", monkeypatch)

    assert "wrong" not in str(refused.value)


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg2://")
