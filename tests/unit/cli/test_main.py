"""The command line: help everywhere, errors of one sentence, exit codes."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from ejmap_assets.runs.instance import environment_of, home_of
from ejmap_cli.main import main
from ejmap_cli.webserver import command
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.open_project import DEFAULT_PROJECT, project_folder
from ejmap_project.settings.project import create_project


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a grey mosaic and a crater table."""
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(tmp_path / "mosaic.tif", np.full(grid.shape, 9, np.uint8), grid=grid)
    crater = Crater(crater_id=1, name="One", center=LonLat(0, 0), radius_m=40_000.0)
    write_catalogue(catalogue_from([crater], MERCURY), tmp_path / "craters.gpkg")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["demo"],
        ["quicklook"],
        ["new"],
        ["import"],
        ["export"],
        ["run"],
        ["train"],
        ["promote"],
        ["roll-back"],
        ["ui"],
        ["env"],
        ["doctor"],
    ],
)
def test_every_command_has_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A newcomer can ask anywhere."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    assert ended.value.code == 0
    assert "usage: ejmap" in capsys.readouterr().out


def test_wrong_usage_ends_with_two() -> None:
    """As other commands do."""
    with pytest.raises(SystemExit) as ended:
        main(["fly"])

    assert ended.value.code == 2


@pytest.mark.parametrize(
    "words", [["run"], ["ui"], ["promote", "--model", "ejseg"], ["roll-back", "--model", "ejconn"]]
)
def test_a_folder_without_a_project_is_one_sentence(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and what to do."""
    code = main([*words, str(tmp_path)])

    message = capsys.readouterr().err
    assert code == 1
    assert message.startswith(f"ejmap: {tmp_path} is no project: it has no project.yaml")
    assert message.count("\n") == 1


def test_an_unknown_preset_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is made."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    paths = create_project(tmp_path / "p", profile="demo")
    text = paths.settings.read_text().replace("ejconn_tiny", "ejconn_tini")
    paths.settings.write_text(text)

    code = main(["run", str(tmp_path / "p")])

    assert code == 1
    assert "ejmap: there is no model configuration 'ejconn_tini'" in capsys.readouterr().err
    assert not paths.data.exists()


def test_a_new_project_names_the_files_and_fits_their_bands(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A grey mosaic is mapped by models that learn from grey planets."""
    folder = files / "mine"

    code = main(
        [
            "new",
            str(folder),
            "--mosaic",
            str(files / "mosaic.tif"),
            "--craters",
            str(files / "craters.gpkg"),
        ]
    )

    settings = yaml.safe_load((folder / "project.yaml").read_text())
    assert code == 0
    assert settings["source"]["mosaic"] == str(files / "mosaic.tif")
    assert settings["source"]["craters"] == str(files / "craters.gpkg")
    assert settings["training"]["grey"] is True
    assert "mosaic: 64x32 px, 1 band(s), Mercury" in capsys.readouterr().out


def test_a_new_project_refuses_wrong_files_and_makes_nothing(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder stays as it was."""
    arguments = ["new", str(files / "mine"), "--craters", str(files / "craters.gpkg")]

    code = main([*arguments, "--mosaic", str(files / "craters.gpkg")])

    assert code == 1
    assert "cannot be read as a raster" in capsys.readouterr().err
    assert not (files / "mine").exists()


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

    words = command(port=3123)

    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--port") + 1] == "3123"
    assert words[-2:] == ["--module-name", "ejmap_assets.definitions"]
