"""``ejmap correct`` and ``ejmap import-labels``: what is told, and what is refused."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
from shapely import Polygon, box, segmentize

from ejmap_cli.main import main
from ejmap_project.open_project import OpenProject
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


@pytest.mark.parametrize("command", ["correct", "import-labels"])
def test_before_the_first_run_the_run_is_what_is_missing(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The crater is in the table of the user, which nothing has read yet."""
    package = folder / "package"
    assert main(["correct", str(folder), "1", "--out", str(package)]) == 0
    paths = OpenProject.at(folder).paths
    for path in (paths.crater_catalogue, paths.basemap_mosaic):
        path.unlink()
        words = ["1", "--out", str(folder / "more")] if command == "correct" else [str(package)]
        capsys.readouterr()

        assert main([command, str(folder), *words]) == 1

        told = capsys.readouterr().err
        assert "nothing is mapped yet" in told
        assert f"ejmap run {folder}" in told


def test_ejecta_that_no_measurement_counts_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full parallel 50 degrees south of a crater whose reach is 21 degrees; others are silent."""
    package = folder / "package"
    row = 512 * 140 // 180
    south = 90 - (row + np.array([0, 1])) * 180 / 512
    ring_km2 = float(2 * np.pi * 2439.4**2 * np.abs(np.diff(np.sin(np.radians(south))))[0])
    for one, number, warned in ((3, "0003", True), (1, "0001", False)):
        # A label beyond the reach has a package of the whole mosaic.
        assert main(["correct", str(folder), str(one), "--out", str(package / number)]) == 0
        drawn = box(-180, south[1], 180, south[0]) if warned else box(178, 14, 179, 15)
        drawn = segmentize(drawn, 5)
        _draw(package / number / "corrections.gpkg", f"ejecta_{number}", drawn)
        capsys.readouterr()

        assert main(["import-labels", str(folder), str(package / number)]) == 0

        told = capsys.readouterr().out
        assert ("warning" in told) == warned
        if warned:
            assert (
                f"{ring_km2:.0f} km2 of the ejecta of crater 0003 lie farther than 900 km" in told
            )
            # From 89.5 degrees over the pole to the parallel, rounded up to whole kilometres.
            farthest_km = np.radians(0.5 + 90 - south.mean()) * 2439.4
            wanted_m = int(told.split("reach_m of ")[1].split()[0])
            assert wanted_m / 1000 == pytest.approx(farthest_km, abs=1.5)


def _draw(path: Path, layer: str, drawn: Polygon) -> None:
    table = pyogrio.read_dataframe(path, layer=layer)
    added = gpd.GeoDataFrame({"crater": ["new"]}, geometry=[drawn], crs=table.crs)
    pyogrio.write_dataframe(added, path, layer=layer, append=True, promote_to_multi=True)


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
