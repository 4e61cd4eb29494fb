"""``ejmap models``: a list for people and programs, and ensembles from project to project."""

import json
import shlex
from pathlib import Path

import click
import pytest

from ejmap_cli.main import main
from ejmap_cli.models.travel import models
from ejmap_ml.ready.ensembles import names
from ejmap_project.open_project import OpenProject
from tests.constant_models import constant_bundle
from tests.ready_ensemble import write_ready
from tests.tiny_presets import POLAR

SETTINGS = "source: {kind: synthetic, seed: 5}\nmodels: {ejseg: ready_test}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a ready-made ensemble that it names, and a trained version."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "project.yaml").write_text(SETTINGS)
    paths = OpenProject.at(folder).paths
    write_ready(paths.own_models, "ready_test", scores={"test_f1": 0.5}, reads="rgb")
    path = paths.model_bundle("ejseg", version="views@0", iteration=0)
    constant_bundle(POLAR, 0.5).save(path)
    return folder


def test_the_list_says_what_there_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With members, bands, mean scores, and which one the settings name; also the package's."""
    assert main(["models", "list", str(folder), "--json"]) == 0

    found = {one["version"]: one for one in json.loads(capsys.readouterr().out)}
    assert [*found] == [*sorted({*names(), "ready_test"}), "views@0"]
    assert found["ready_test"] == {
        "version": "ready_test",
        "kind": "ejseg",
        "origin": "ready-made",
        "members": 2,
        "bands": 3,
        "reads": "rgb",
        "scores": {"test_f1": 0.5},
        "is_configured": True,
        "maps": False,
    }
    assert (found["views@0"]["origin"], found["views@0"]["members"]) == ("trained", 1)
    assert main(["models", "list", str(folder)]) == 0
    shown = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert [*shown] == ["version", *found]
    assert "rgb" in shown["ready_test"]
    assert "3 band(s)" in shown["views@0"]
    assert "test_f1 0.500" in shown["ready_test"]
    assert shown["ready_test"].endswith("configured")


def test_without_a_project_the_package_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever it holds."""
    assert main(["models", "list", "--json"]) == 0

    assert all(one["origin"] == "ready-made" for one in json.loads(capsys.readouterr().out))


def test_an_ensemble_goes_out_and_comes_in(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under another name, and with the line to write into project.yaml."""
    file = str(tmp_path / "views.zip")

    assert main(["models", "export", str(folder), "views@0", file]) == 0
    assert main(["models", "import", str(folder), file, "--name", "theirs"]) == 0

    assert "models: {ejseg: theirs}" in capsys.readouterr().out
    assert main(["models", "import", str(folder), file, "--name", "theirs"]) == 1
    assert "choose another --name" in capsys.readouterr().err


def test_a_ready_made_ensemble_is_not_trained(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither as the configured version nor by its name."""
    assert main(["train", str(folder), "--model", "ejseg"]) == 1

    assert "ready_test is ready-made and is not trained" in capsys.readouterr().err


def test_a_project_that_trains_says_what_it_learns_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """EJCONN is asked for and trained here, but no training is named; nothing is made."""
    (folder / "project.yaml").write_text(f"{SETTINGS}mapping: {{connections: ejconn}}\n")

    assert main(["run", str(folder)]) == 1

    assert "names ejconn_tiny, which must be trained, and no training" in capsys.readouterr().err
    assert not (folder / "data" / "basemap").exists()


@pytest.mark.parametrize("name", sorted(models.commands))
def test_every_example_of_a_command_of_models_is_right(name: str) -> None:
    """Its arguments and options are understood."""
    command = models.commands[name]
    lines = (command.epilog or "").splitlines()

    assert lines
    for line in lines:
        _, _, word, *arguments = shlex.split(line)
        assert word == name
        assert isinstance(command.make_context(word, arguments), click.Context)
