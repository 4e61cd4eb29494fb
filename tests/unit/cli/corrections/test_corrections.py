"""``ejmap correct`` and ``ejmap import-labels``: what is told, and what is refused."""

import json
from pathlib import Path

import pytest
import rasterio

from ejmap_cli.main import main
from tests.mapped_discs import write_mapped_discs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three mapped discs in a project that takes labels from a folder which is not there yet."""
    project = write_mapped_discs(tmp_path)
    settings = project.paths.settings
    settings.write_text(settings.read_text().replace("craters.csv}", "craters.csv, masks: masks}"))
    return tmp_path


def test_a_mask_goes_out_and_comes_back_as_a_label(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A crater across the antimeridian gains ten pixels against the map."""
    package = folder / "package"
    assert main(["correct", str(folder), "1", "--out", str(package)]) == 0
    # In place, as a GIS does it.
    with rasterio.open(package / "mask_0001.tif", "r+") as raster:
        values = raster.read(1)
        values[0, :10] = 1
        raster.write(values, 1)
    capsys.readouterr()

    assert main(["import-labels", str(folder), str(package), "--by", "A. G.", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["by"] == "A. G."
    assert [one["added_px"] for one in told["changes"]] == [10]
    assert told["changes"][0]["was_label"] is False
    assert (folder / "masks" / "mask_0001.tif").is_file()


def test_a_crater_that_is_not_there_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written."""
    assert main(["correct", str(folder), "Hokusai", "--out", str(folder / "package")]) == 1

    assert "'Hokusai': no crater has that id or name" in capsys.readouterr().err
    assert not (folder / "package").exists()


def test_a_project_without_a_folder_of_masks_says_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The settings are the user's to change."""
    write_mapped_discs(tmp_path)

    assert main(["import-labels", str(tmp_path), str(tmp_path)]) == 1

    assert "--masks, or masks under source in project.yaml" in capsys.readouterr().err
