"""The UI and the variables by which Dagster's own commands find a project."""

import json
from pathlib import Path

import pytest

from ejmap_assets.runs.instance import environment_of, home_of
from ejmap_cli.main import main
from ejmap_cli.service.ui import dagster_command
from ejmap_project.open_project import DEFAULT_PROJECT, project_folder


def test_each_project_has_an_instance_of_its_own(tmp_path: Path) -> None:
    """Craters are partitions of an instance; the demo has that of the checkout."""
    assert home_of(DEFAULT_PROJECT) == (Path.cwd() / "dagster_home")
    assert home_of(tmp_path) == tmp_path / "dagster_home"
    assert environment_of(tmp_path) == {
        "DAGSTER_HOME": str(tmp_path / "dagster_home"),
        "EJMAP_PROJECT": str(tmp_path),
    }


def test_the_project_is_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read when it is asked for, with the demo as the last resort."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    assert project_folder() == tmp_path
    assert project_folder("other") == Path.cwd() / "other"

    monkeypatch.delenv("EJMAP_PROJECT")
    assert project_folder() == Path.cwd() / DEFAULT_PROJECT


def test_the_webserver_listens_to_this_machine_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no login. Outside of a checkout it needs no workspace file."""
    monkeypatch.chdir(tmp_path)

    words = dagster_command(port=3123)

    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--port") + 1] == "3123"
    assert words[-2:] == ["--module-name", "ejmap_assets.definitions"]


def test_the_variables_as_json_are_those_for_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project is that of the environment; its instance is there afterwards."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")
    assert main(["env"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert main(["env", "--json"]) == 0

    variables = json.loads(capsys.readouterr().out)
    assert variables == {
        "DAGSTER_HOME": str(tmp_path / "dagster_home"),
        "EJMAP_PROJECT": str(tmp_path),
    }
    assert lines == [f"export {name}={value}" for name, value in variables.items()]
    assert (tmp_path / "dagster_home" / "dagster.yaml").is_file()


def test_the_variables_of_a_folder_without_a_project_are_refused(tmp_path: Path, capsys) -> None:
    """Nothing is made there: Dagster would open an empty instance and show an empty project."""
    code = main(["env", str(tmp_path / "typo")])

    assert code == 1
    assert "is no project" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("port", ["0", "99999", "-1"])
def test_a_port_that_cannot_be_is_wrong_usage(port: str, capsys) -> None:
    """It is told before a server is started that nobody can reach."""
    assert main(["ui", "--port", port]) == 2
    assert "1<=x<=65535" in capsys.readouterr().err
