"""A new project names the ready-made model that fits its mosaic, and trains one without it."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.intake.new_project import ejseg_for, new_project
from tests.ready_ensemble import write_ready

BOTH = ("ready_colour", "ready_grey")


@pytest.mark.parametrize(
    ("bands", "ready", "named"),
    [
        (1, BOTH, "ready_grey"),
        (3, BOTH, "ready_colour"),
        (3, ("ready_grey",), "ejseg_polar"),
        (1, (), "ejseg_polar"),
        (2, BOTH, "ejseg_polar"),
    ],
)
def test_the_model_fits_the_bands_of_the_mosaic(
    bands: int, ready: tuple[str, ...], named: str
) -> None:
    """A ready-made one if there is one, else the preset that is trained."""
    assert ejseg_for(bands, ready=ready) == named


@pytest.mark.parametrize(
    ("there", "named", "told"),
    [("ready_grey", "ready_grey", "ready-made"), ("other", "ejseg_polar", "trained here")],
)
def test_the_settings_state_the_concrete_name(
    there: str, named: str, told: str, tmp_path: Path
) -> None:
    """And the person is told whether it will be trained."""
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(tmp_path / "mosaic.tif", np.full(grid.shape, 9, np.uint8), grid=grid)
    crater = Crater(crater_id=1, name="One", center=LonLat(0, 0), radius_m=40_000.0)
    write_catalogue(catalogue_from([crater], MERCURY), tmp_path / "craters.gpkg")
    write_ready(tmp_path / "packaged", there)

    notes = new_project(
        tmp_path / "mine",
        mosaic=tmp_path / "mosaic.tif",
        craters=tmp_path / "craters.gpkg",
        masks=None,
        body="Mercury",
        packaged_models=tmp_path / "packaged",
    )

    settings = yaml.safe_load((tmp_path / "mine" / "project.yaml").read_text())
    assert settings["models"]["ejseg"] == named
    assert f"ejecta: mapped by {named}, {told}" in notes
