"""A planet in colour, from its files to masks: it maps as the grey that is made of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from ejmap_geo.grids.body import MOON
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project import Craters, Model, Mosaic
from ejmap_project.intake.new_project import new_project

MODEL, CRATERS = "ready_grey", 24
# Luma of ITU-R BT.709.
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def planet() -> Planet:
    """A grey planet."""
    return make_planet(PlanetConfig(width_px=1440, craters=CRATERS, bands=1), seed=21)


@pytest.fixture(scope="module")
def folder(planet: Planet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planet, called the Moon: in colour that varies from place to place, and grey of it."""
    folder = tmp_path_factory.mktemp("planets")
    grey = planet.raster[0].astype(float)
    rows, cols = np.indices(grey.shape)
    tint = 1 + 0.15 * np.stack([np.sin(cols / 90), np.cos(rows / 70), np.sin((rows + cols) / 110)])
    colour = np.rint(np.clip(grey * tint, 1, 255)).astype(np.uint8)
    luma = np.rint(np.tensordot(WEIGHTS, colour, 1)).astype(np.uint8)
    _write(folder / "colour.tif", colour, photometric="RGB")
    _write(folder / "grey.tif", luma[None])
    pd.DataFrame(
        {
            "crater_id": [one.crater_id for one in planet.craters],
            "lon_deg": [one.center.lon_deg for one in planet.craters],
            "lat_deg": [one.center.lat_deg for one in planet.craters],
            "radius_m": [one.radius_m for one in planet.craters],
        }
    ).to_csv(folder / "craters.csv", index=False)
    return folder


def _write(path: Path, bands: np.ndarray, **options: str) -> None:
    count, height, width = bands.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="uint8",
        count=count,
        width=width,
        height=height,
        crs=f"+proj=longlat +R={MOON.radius_m} +no_defs",
        transform=Affine(360 / width, 0, -180, 0, -180 / height, 90),
        **options,
    ) as raster:
        raster.write(bands)


def test_a_planet_in_colour_is_read_as_such_and_maps_as_its_grey(folder: Path) -> None:
    """Its file says that its bands are red, green and blue; nobody has to."""
    mosaics = {
        name: Mosaic.read(folder / f"{name}.tif", body="Moon") for name in ("colour", "grey")
    }
    craters, model = Craters.read(folder / "craters.csv", body="Moon"), Model.load(MODEL)

    made = {
        name: model.predict(mosaic.around(next(iter(craters)))) for name, mosaic in mosaics.items()
    }

    assert [mosaics[name].bands for name in ("colour", "grey")] == ["rgb", "grey"]
    assert made["grey"].mask.any()
    np.testing.assert_array_equal(made["colour"].mask, made["grey"].mask)
    np.testing.assert_array_equal(made["colour"].probability, made["grey"].probability)


def test_longitudes_of_the_other_sign_are_noticed(folder: Path, tmp_path: Path) -> None:
    """The planet is what it was; a new project says of the table what would make it fit."""
    turned = pd.read_csv(folder / "craters.csv")
    turned["lon_deg"] *= -1
    turned.to_csv(tmp_path / "turned.csv", index=False)

    told = {
        name: new_project(tmp_path / name, mosaic=folder / "colour.tif", craters=table, body="Moon")
        for name, table in (
            ("right", folder / "craters.csv"),
            ("turned", tmp_path / "turned.csv"),
        )
    }

    words = {name: " ".join(lines) for name, lines in told.items()}
    assert "other sign" not in words["right"]
    assert "other sign" in words["turned"]
