"""A new project names the ready-made model that fits its mosaic, and trains one without it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.intake.new_project import ejseg_for, new_project
from ejmap_project.models.tuning_gate import LEAST_CRATERS
from tests.ready_ensemble import write_ready

GRID = BasemapGrid(body=MERCURY, width_px=64)
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
    write_ready(tmp_path / "packaged", there)

    notes, settings = _new(tmp_path, masks=None)

    assert settings["models"]["ejseg"] == named
    assert "candidate" not in settings["models"]
    assert f"ejecta: mapped by {named}, {told}" in notes


def test_masks_tune_the_ready_made_model(tmp_path: Path) -> None:
    """It maps, and what learned on from the masks is the candidate; without one, masks score."""
    masks = tmp_path / "masks"
    for number in (1, 2):
        _mask(masks, number)
    write_ready(tmp_path / "packaged", "ready_grey")

    notes, settings = _new(tmp_path, masks=masks)

    assert settings["source"]["masks"] == str(masks)
    assert settings["training"] == {"kind": "own-masks"}
    assert settings["models"]["ejseg"] == "ready_grey"
    assert settings["models"]["candidate"] == "ready_grey_tuned"
    assert (
        f"masks: 2; {LEAST_CRATERS} or more tune ready_grey, which maps if that is a gain" in notes
    )


def test_masks_score_a_model_that_is_trained_on_synthetic_planets(tmp_path: Path) -> None:
    """Where nothing is ready-made for the bands of the mosaic."""
    _mask(tmp_path / "masks", 1)
    write_ready(tmp_path / "packaged", "other")

    notes, settings = _new(tmp_path, masks=tmp_path / "masks")

    assert settings["training"]["kind"] == "synthetic"
    assert settings["source"]["masks"] == str(tmp_path / "masks")
    assert "masks: 1, which score the map" in notes


def _mask(folder: Path, number: int) -> None:
    write_cog(folder / f"mask_{number:04d}.tif", np.zeros(GRID.shape, np.bool_), grid=GRID)


def _new(folder: Path, *, masks: Path | None) -> tuple[list[str], dict[str, Any]]:
    """Make a project of a grey mosaic and two craters; return what was told, and its settings."""
    write_cog(folder / "mosaic.tif", np.indices(GRID.shape).sum(0).astype(np.uint8) + 9, grid=GRID)
    craters = [
        Crater(crater_id=number, name="", center=LonLat(9.0 * number, 0), radius_m=40_000.0)
        for number in (1, 2)
    ]
    write_catalogue(catalogue_from(craters, MERCURY), folder / "craters.gpkg")
    notes = new_project(
        folder / "mine",
        mosaic=folder / "mosaic.tif",
        craters=folder / "craters.gpkg",
        masks=masks,
        body="Mercury",
        packaged_models=folder / "packaged",
    )
    return notes, yaml.safe_load((folder / "mine" / "project.yaml").read_text())
