"""A planet of shaded craters, and a catalogue of which some entries are no craters."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.open_project import OpenProject

GRID = BasemapGrid(body=MOON, width_px=512)
RADIUS_M = 90_000.0
# Rows of craters that lie too far apart to share ground.
LATITUDES_DEG = (-50.0, -20.0, 10.0, 40.0)
LONGITUDES_DEG = tuple(range(-174, 180, 24))
WRONG = frozenset({7, 22, 45})
TOO_SMALL, TOO_LARGE = 101, 102
SETTINGS = """
body: Moon
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv}
training: {kind: synthetic, seeds: [1], grey: true}
vetting: {VETTING}
"""
CLASSIFIER = """
name: small
side_px: 16
discriminator: {filters: 8, stages: 2}
unsupervised: {generator: {latent_size: 6, dense_filters: 8, filters: [8, 4]}}
training: {batch_size: 8, max_steps: 60, steps_per_epoch: 20, learning_rate: 3.0e-3, ema_decay: 0.9}
"""


def write_vetting_project(folder: Path, vetting: str) -> OpenProject:
    """Write mosaic, crater table and settings of a project.

    Args:
        folder: An empty folder.
        vetting: The settings of the section, as YAML in braces.
    """
    write_cog(folder / "mosaic.tif", _mosaic()[None], grid=GRID, nodata=0)
    write_catalogue(catalogue_from(_craters(), MOON), folder / "craters.csv")
    return reopened(folder, vetting)


def reopened(folder: Path, vetting: str) -> OpenProject:
    """Return the project with other settings."""
    (folder / "small.yaml").write_text(CLASSIFIER)
    (folder / "project.yaml").write_text(SETTINGS.replace("{VETTING}", vetting))
    return OpenProject.at(folder)


def _craters() -> list[Crater]:
    places = [LonLat(lon_deg, lat_deg) for lat_deg in LATITUDES_DEG for lon_deg in LONGITUDES_DEG]
    craters = [
        Crater(
            crater_id=number,
            name=f"Wrong {number}" if number in WRONG else "",
            center=place,
            radius_m=RADIUS_M,
        )
        for number, place in enumerate(places)
    ]
    return [
        *craters,
        Crater(crater_id=TOO_SMALL, name="", center=LonLat(0, 70), radius_m=20_000.0),
        Crater(crater_id=TOO_LARGE, name="", center=LonLat(0, -80), radius_m=400_000.0),
    ]


def _mosaic() -> NDArray[np.uint8]:
    """Light from the west: the eastern inner wall shines, the western one is dark."""
    rows, cols = GRID.shape
    lat = np.radians(90 - (np.arange(rows) + 0.5) * 180 / rows)[:, None]
    lon = np.radians((np.arange(cols) + 0.5) * 360 / cols - 180)[None, :]
    value = 120 + 12 * np.random.default_rng(0).standard_normal(GRID.shape)
    for crater in _craters():
        if crater.crater_id in WRONG or crater.radius_m != RADIUS_M:
            continue
        lon0, lat0 = np.radians(crater.center)
        east = np.sin(lon - lon0) * np.cos(lat)
        north = np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(lon - lon0)
        is_near = np.cos(lon - lon0) * np.cos(lat) * np.cos(lat0) + np.sin(lat) * np.sin(lat0) > 0
        is_inside = is_near & (np.hypot(east, north) < RADIUS_M / MOON.radius_m)
        value += np.where(is_inside, 90 * np.sign(east), 0)
    return np.clip(value, 1, 255).astype(np.uint8)
