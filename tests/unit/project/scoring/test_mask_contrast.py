"""Brightness of masks against the ground beside them."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.files.mask_file import write_mask
from ejmap_project.scoring.mask_contrast import measure_contrast
from tests.tiny_planet import write_project

BASEMAP = BasemapGrid(body=MERCURY, width_px=256)
CRATERS = (
    Crater(crater_id=1, name="Bright", center=LonLat(-60, 0), radius_m=60_000.0),
    Crater(crater_id=2, name="Plain", center=LonLat(60, 0), radius_m=60_000.0),
    Crater(crater_id=3, name="Empty", center=LonLat(0, 50), radius_m=60_000.0),
    Crater(crater_id=4, name="Never mapped", center=LonLat(0, -50), radius_m=60_000.0),
)


def test_the_difference_in_brightness_is_measured_crater_by_crater(tmp_path: Path) -> None:
    """Ejecta of grey 150 on ground of 100 are 50 brighter; those of one grey with it are not."""
    raster = np.full((1, *BASEMAP.shape), 100, np.uint8)
    masks = {}
    for crater, col in ((CRATERS[0], 73), (CRATERS[1], 159)):
        full = np.zeros(BASEMAP.shape, np.bool_)
        full[60:68, col : col + 24] = True
        masks[crater.key] = PlacedMask.from_full(full, BASEMAP)
    raster[0, 60:68, 73:97] = 150
    planet = Planet(raster=raster, basemap=BASEMAP, craters=CRATERS, truth={})
    project = write_project(tmp_path, planet)
    for crater in CRATERS[:2]:
        path = project.paths.basemap_mask(crater.key)
        write_mask(path, masks[crater.key], basemap=BASEMAP, center=crater.center)

    # The third was mapped, and nothing was found.
    write_mask(
        project.paths.basemap_mask(CRATERS[2].key),
        PlacedMask.empty(),
        basemap=BASEMAP,
        center=CRATERS[2].center,
    )

    found = measure_contrast(project)

    table = found.table.set_index("crater")
    assert table["brighter_by"].dropna().to_dict() == pytest.approx({"Bright": 50.0, "Plain": 0.0})
    area_km2 = masks["0001"].area_m2(BASEMAP) / 1e6
    assert table["mask_km2"]["Bright"] == pytest.approx(area_km2)
    assert table["farthest_deg"]["Bright"] == pytest.approx(24 / 2 * 360 / 256, rel=0.2)
    assert "Never mapped" not in table.index
    assert table["mask_km2"]["Empty"] == 0
    assert np.isnan(table["farthest_deg"]["Empty"])
    assert np.isnan(table["farthest_radii"]["Empty"])
    assert found.metadata["brighter_than_surroundings"] == 1
    assert found.metadata["craters_with_ejecta"] == 2
