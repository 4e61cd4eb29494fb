"""``ejmap map``: two files in, a map out; the runs behind it are replaced, the project is real."""

import json
from pathlib import Path

import numpy as np
import pytest

from ejmap_cli.main import main
from ejmap_cli.mapping import run
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.open_project import OpenProject


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The command on a mosaic and a table of one crater."""
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(
        tmp_path / "mosaic.tif", np.indices(grid.shape).sum(0).astype(np.uint8) + 9, grid=grid
    )
    crater = Crater(crater_id=1, name="One", center=LonLat(0, 0), radius_m=40_000.0)
    write_catalogue(catalogue_from([crater], MERCURY), tmp_path / "craters.gpkg")
    files = [str(tmp_path / name) for name in ("mosaic.tif", "craters.gpkg")]
    return ["map", *files, str(tmp_path / "out")]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The projects that were run; each run maps one crater and fails at another."""
    folders: list[Path] = []

    def bring_up_to_date(folder: Path, console: object) -> list[str]:
        del console
        folders.append(folder)
        paths = OpenProject.at(folder).paths
        paths.preview.parent.mkdir(parents=True, exist_ok=True)
        paths.preview.touch()
        return ["crater 0002 failed"] if len(folders) == 1 else []

    monkeypatch.setattr(run, "bring_up_to_date", bring_up_to_date)
    return folders


def test_the_same_command_goes_on(
    words: list[str], ran: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project is made once; the exit code says whether something is left to do."""
    assert main([*words, "--json"]) == 1

    told = json.loads(capsys.readouterr().out)
    settings = (tmp_path / "out" / "project.yaml").read_text()
    assert told["project"] == str(tmp_path / "out")
    assert told["files"] == {"picture": str(OpenProject.at(tmp_path / "out").paths.preview)}
    assert told["not_done"] == ["crater 0002 failed"]
    assert main(words) == 0
    assert (tmp_path / "out" / "project.yaml").read_text() == settings
    assert ran == [tmp_path / "out"] * 2


def test_the_same_bands_in_other_words_go_on(words: list[str], ran: list[Path]) -> None:
    """Settings keep the short name of red, green and blue."""
    mosaic = Path(words[1])
    grid = BasemapGrid(body=MERCURY, width_px=64)
    grey = np.indices(grid.shape).sum(0).astype(np.uint8)
    write_cog(mosaic, np.stack([grey + 9, grey + 19, grey + 29]), grid=grid)
    asked = [*words, "--bands", "red, green,blue"]

    assert main(asked) == 1

    assert main(asked) == 0
    assert len(ran) == 2


def test_a_project_of_other_files_is_left_alone(
    words: list[str], ran: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its settings say what it maps; nothing is run."""
    assert main(words) == 1
    other = tmp_path / "other.tif"
    (tmp_path / "mosaic.tif").rename(other)

    assert main([words[0], str(other), *words[2:]]) == 1

    assert "is a project of other files" in capsys.readouterr().err
    assert len(ran) == 1


@pytest.mark.parametrize("asked", [["--body", "Moon"], ["--masks", "masks"]])
def test_a_project_that_does_something_else_is_left_alone(
    words: list[str], ran: list[Path], asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not run as if nothing had been asked."""
    assert main(words) == 1

    assert main([*words, *asked]) == 1

    assert f"is a project already, without {' '.join(asked)}" in capsys.readouterr().err
    assert main([*words, "--body", "Mercury"]) == 0
    assert len(ran) == 2


def test_wrong_files_make_no_project(
    words: list[str], ran: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `ejmap new` refuses them."""
    (tmp_path / "mosaic.tif").write_bytes(b"none")

    assert main(words) == 1

    assert "cannot be read as a raster" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert ran == []
