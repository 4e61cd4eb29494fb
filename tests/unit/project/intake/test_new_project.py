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
from ejmap_ml.config.bands import Bands, Reads
from ejmap_project.errors import SettingsError
from ejmap_project.intake.new_project import ejseg_for, new_project
from ejmap_project.models.tuning_gate import LEAST_CRATERS
from tests.ready_ensemble import write_ready

GREY, COLOUR = {"ready_grey": "grey"}, {"ready_colour": "colour"}
BOTH = COLOUR | GREY
GRID = BasemapGrid(body=MERCURY, width_px=64)
ENHANCED = {"enhanced": "mercury-enhanced", "silent": None}


@pytest.mark.parametrize(
    ("bands", "ready", "named"),
    [
        ("grey", BOTH, "ready_grey"),
        ("rgb", BOTH, "ready_grey"),
        ("mercury-enhanced", BOTH | ENHANCED, "enhanced"),
        (("1000", "750", "433"), BOTH, "ready_grey"),
        ("rgb", COLOUR, "ready_colour"),
        ("rgb", GREY, "ready_grey"),
        (("1000", "750"), BOTH, "ready_grey"),
        ("grey", COLOUR, "ejseg_polar"),
        ("rgb", {}, "ejseg_polar"),
        ("mercury-enhanced", GREY | ENHANCED, "enhanced"),
        ("rgb", ENHANCED, "ejseg_polar"),
    ],
)
def test_the_model_fits_the_bands_of_the_mosaic(
    bands: Bands, ready: dict[str, Reads | None], named: str
) -> None:
    """One for these bands, else one that sees grey, else one for colours, else a training."""
    assert ejseg_for(bands, ready=ready) == named


@pytest.mark.parametrize(
    ("there", "named", "told"),
    [("ready_grey", "ready_grey", "ready-made"), ("other", "ejseg_polar", "trained here")],
)
def test_the_settings_state_the_concrete_name(
    there: str, named: str, told: str, tmp_path: Path
) -> None:
    """And the person is told whether it will be trained."""
    write_ready(tmp_path / "packaged", there, reads="grey" if there == "ready_grey" else "rgb")

    notes, settings = _new(tmp_path, masks=None)

    assert settings["models"]["ejseg"] == named
    assert "candidate" not in settings["models"]
    assert f"ejecta: mapped by {named}, {told}" in notes


def test_masks_tune_the_ready_made_model(tmp_path: Path) -> None:
    """It maps, and what learned on from the masks is the candidate; without one, masks score."""
    masks = _masks(tmp_path / "masks", 1, 2)
    write_ready(tmp_path / "packaged", "ready_grey", reads="grey")

    notes, settings = _new(tmp_path, masks=masks)

    assert settings["source"]["masks"] == str(masks)
    assert settings["training"] == {"kind": "own-masks"}
    assert settings["models"]["ejseg"] == "ready_grey"
    assert settings["models"]["candidate"] == "ready_grey_tuned"
    assert (
        f"masks: 2; {LEAST_CRATERS} or more tune ready_grey, which maps if that is a gain, "
        "and then promises neither recall nor areas" in notes
    )


def test_masks_score_a_model_that_is_trained_on_synthetic_planets(tmp_path: Path) -> None:
    """Where nothing is ready-made for the bands of the mosaic."""
    _masks(tmp_path / "masks", 2)
    write_ready(tmp_path / "packaged", "other")

    notes, settings = _new(tmp_path, masks=tmp_path / "masks")

    assert settings["training"]["kind"] == "synthetic"
    assert settings["source"]["masks"] == str(tmp_path / "masks")
    assert "masks: 1, which score the map" in notes


def _masks(folder: Path, *numbers: int) -> Path:
    """Write masks of the whole planet, in which every other column is ejecta."""
    folder.mkdir()
    for number in numbers:
        mask = (np.indices(GRID.shape)[1] % 2).astype(np.uint8)
        write_cog(folder / f"mask_{number:04d}.tif", mask, grid=GRID)
    return folder


def _new(folder: Path, *, masks: Path | None, bands: int = 1) -> tuple[list[str], dict[str, Any]]:
    """Make a project of a mosaic and two craters; return what was told, and its settings."""
    grid = GRID
    grey = np.indices(grid.shape).sum(0).astype(np.uint8) + 9
    # Each band a few levels brighter: equal ones are refused.
    raster = np.stack([grey + 7 * band for band in range(bands)])
    write_cog(folder / "mosaic.tif", raster, grid=grid)
    craters = [
        Crater(crater_id=number, name=str(number), center=LonLat(40 * number, 0), radius_m=40_000.0)
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


def test_bands_that_nobody_names_are_asked_for_and_nothing_else_is_said_of_them(
    tmp_path: Path,
) -> None:
    """A project is not made, and no number of bands is complained of."""
    with pytest.raises(SettingsError, match="does not say what they mean") as caught:
        _new(tmp_path, masks=None, bands=3)

    assert "are stated" not in str(caught.value)
    assert not (tmp_path / "mine").exists()
