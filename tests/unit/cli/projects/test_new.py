"""A project of a person's own files."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from ejmap_cli.main import main
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a grey mosaic and a crater table."""
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(
        tmp_path / "mosaic.tif", np.indices(grid.shape).sum(0).astype(np.uint8) + 9, grid=grid
    )
    crater = Crater(crater_id=1, name="One", center=LonLat(0, 0), radius_m=40_000.0)
    write_catalogue(catalogue_from([crater], MERCURY), tmp_path / "craters.gpkg")
    return tmp_path


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
    assert settings["bands"] == "grey"
    assert "mosaic: 64x32 px, grey, Mercury" in capsys.readouterr().out


def test_a_new_project_refuses_wrong_files_and_makes_nothing(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder stays as it was."""
    arguments = ["new", str(files / "mine"), "--craters", str(files / "craters.gpkg")]

    code = main([*arguments, "--mosaic", str(files / "craters.gpkg")])

    assert code == 1
    assert "cannot be read as a raster" in capsys.readouterr().err
    assert not (files / "mine").exists()


def test_a_file_of_masks_is_explained_by_the_project_layer(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file where a folder belongs is an error with a remedy, not one of usage."""
    mosaic, craters = str(files / "mosaic.tif"), str(files / "craters.gpkg")

    code = main(
        ["new", str(files / "p"), "--mosaic", mosaic, "--craters", craters, "--masks", mosaic]
    )

    assert code == 1
    assert "is no folder; masks are files mask_NNNN.tif in one folder" in capsys.readouterr().err
