"""Storage of a project's run history; tests of PostgreSQL itself are in tests/integration."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.history import ID_FILE, URL_VARIABLE, database_name
from ejmap_assets.runs.instance import home_of, open_instance
from ejmap_assets.sqlite_events import MOST_ENGINES
from ejmap_project.errors import SettingsError
from ejmap_project.open_project import DEFAULT_PROJECT


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore the variables that opening an instance sets."""
    monkeypatch.setenv("DAGSTER_HOME", "unused")
    monkeypatch.setenv("EJMAP_PROJECT", "unused")
    monkeypatch.delenv(URL_VARIABLE, raising=False)


def test_the_history_is_sqlite_in_the_project_unless_told_otherwise(tmp_path: Path) -> None:
    """Without EJMAP_POSTGRES_URL the history is a SQLite file in the project."""
    with open_instance(tmp_path) as instance:
        instance.add_dynamic_partitions("craters", ["0001"])

    (database,) = (tmp_path / "dagster_home" / "history").glob("**/index.db")
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT partitions_def_name, partition FROM dynamic_partitions")
    assert rows.fetchall() == [("craters", "0001")]
    connection.close()


def test_processes_that_dagster_starts_find_the_same_history(tmp_path: Path) -> None:
    """Dagster's subprocesses open the same history from the settings of the instance."""
    with open_instance(tmp_path) as instance:
        instance.add_dynamic_partitions("craters", ["0001"])
        handed_on = instance.get_ref()

    with dg.DagsterInstance.from_ref(handed_on) as instance:
        assert instance.get_dynamic_partitions("craters") == ["0001"]


def test_a_project_with_sqlite_is_not_begun_again_in_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project with a SQLite history refuses PostgreSQL, where all artefacts would be missing."""
    open_instance(tmp_path).dispose()
    monkeypatch.setenv(URL_VARIABLE, "postgresql://somebody@nowhere.invalid/ejmap")

    with pytest.raises(SettingsError, match="history of this project lies in SQLite; unset it"):
        open_instance(tmp_path)


def test_a_project_with_postgresql_is_not_begun_again_in_sqlite(tmp_path: Path) -> None:
    """A project with a PostgreSQL history refuses to start a SQLite one without the variable."""
    home = tmp_path / "dagster_home"
    home.mkdir()
    (home / ID_FILE).write_text("a2c4\n")

    with pytest.raises(
        SettingsError, match="lies in PostgreSQL, and EJMAP_POSTGRES_URL is not set"
    ):
        open_instance(tmp_path)


@pytest.mark.parametrize("address", ["ejmap", "mysql://u:hidden@h/db", "postgres://u:hidden@h/db"])
def test_an_address_of_something_else_is_refused_without_being_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """An invalid database address is refused without being shown: it may contain a password."""
    monkeypatch.setenv(URL_VARIABLE, address)

    with pytest.raises(SettingsError, match="must look like postgresql://") as refused:
        open_instance(tmp_path)

    assert "hidden" not in str(refused.value)


def test_a_database_is_named_without_its_password() -> None:
    """The name of a database in messages omits user and password."""
    assert database_name("postgresql://me:hidden@db.example:5433/mars") == "mars on db.example"
    assert database_name("postgresql://") == "the default database on this machine"


def test_the_demo_has_a_home_of_its_own_with_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    """With PostgreSQL the demo uses its own folder: the checkout's may hold its SQLite history."""
    monkeypatch.setenv(URL_VARIABLE, "postgresql://somebody@nowhere.invalid/ejmap")

    assert home_of(DEFAULT_PROJECT) == Path.cwd() / DEFAULT_PROJECT / "dagster_home"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error names a folder that cannot be written; here a file has its name."""
    (tmp_path / "project").write_text("")

    with pytest.raises(SettingsError, match=r"project.dagster_home cannot be made: .* user id \d+"):
        open_instance(tmp_path / "project")


def test_a_shell_can_take_over_the_variables_of_a_project(tmp_path: Path) -> None:
    """``ejmap env`` prints lines that a shell evaluates, even with spaces in the folder's name."""
    folder = tmp_path / "my planet"
    folder.mkdir()
    (folder / "project.yaml").write_text("source: {kind: synthetic}\n")
    script = f'eval "$({sys.executable} -m ejmap_cli.main env "{folder}")"; '
    script += 'echo "$DAGSTER_HOME"; echo "$EJMAP_PROJECT"'

    shell = subprocess.run(["/bin/sh", "-c", script], check=True, capture_output=True, text=True)

    assert shell.stdout.splitlines() == [str(folder / "dagster_home"), str(folder)]
    assert (folder / "dagster_home" / "dagster.yaml").is_file()


def test_a_history_beside_its_folder_is_refused(tmp_path: Path) -> None:
    """An address of SQLite ends at a question mark, so that another folder would hold the runs."""
    with (
        pytest.raises(SettingsError, match="whose name holds a question mark; rename the folder"),
        open_instance(tmp_path / "planet?"),
    ):
        pass


def test_runs_beyond_the_kept_engines_are_read_all_the_same(tmp_path: Path) -> None:
    """Each run is a file of its own, and its engine is let go after sixteen others."""
    runs = [f"run-{number}" for number in range(MOST_ENGINES + 3)]
    with open_instance(tmp_path) as instance:
        for run_id in (*runs, runs[0]):
            instance.report_engine_event("something", run_id=run_id, job_name="job")

        found = [len(instance.all_logs(run_id)) for run_id in runs]

    assert found == [2, *[1] * (len(runs) - 1)]


def test_a_history_that_was_put_in_the_place_of_another_is_the_one_that_is_written_to(
    tmp_path: Path,
) -> None:
    """The connection that stays open ends where its file was replaced."""
    other, own = tmp_path / "other", tmp_path / "own"
    with open_instance(other) as instance:
        instance.add_dynamic_partitions("craters", ["0007"])
    (restored,) = (other / "dagster_home" / "history").glob("**/index.db")
    with open_instance(own) as instance:
        instance.add_dynamic_partitions("craters", ["0001"])
        (database,) = (own / "dagster_home" / "history").glob("**/index.db")
        for file in database.parent.glob("index.db-*"):
            file.unlink()
        restored.replace(database)

        instance.add_dynamic_partitions("craters", ["0002"])
        found = instance.get_dynamic_partitions("craters")

    assert sorted(found) == ["0002", "0007"]
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT partition FROM dynamic_partitions").fetchall()
    assert sorted(partition for (partition,) in rows) == ["0002", "0007"]


def test_nothing_is_left_open_or_beside_the_database_when_an_instance_ends(tmp_path: Path) -> None:
    """What was written lies in the main files, which can be copied as they are."""
    with open_instance(tmp_path) as instance:
        instance.add_dynamic_partitions("craters", ["0001"])

    assert not list((tmp_path / "dagster_home" / "history").glob("**/*.db-wal"))
