"""Tags inside rasters: how craters are named, and what a raster hands on."""

from pathlib import Path

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.files.raster_tags import MODEL, MOSAIC, crater_words, inherited

GRID = BasemapGrid(body=MERCURY, width_px=8)


def test_a_crater_is_named_with_its_key() -> None:
    """A crater without a name by its key alone."""
    crater = Crater(crater_id=3, name="Kuiper", center=LonLat(0, 0), radius_m=1e4)

    assert crater_words(crater) == "Kuiper (0003)"
    assert crater_words(Crater(crater_id=4, name="", center=LonLat(0, 0), radius_m=1e4)) == "0004"


def test_a_raster_hands_on_the_tags_that_it_has(tmp_path: Path) -> None:
    """Not those that were not asked for; a raster that is not there has none."""
    path, tags = tmp_path / "m.tif", {MOSAIC: "mosaic.tif, digest 1", "OTHER": "x"}
    write_cog(path, np.ones(GRID.shape, np.uint8), grid=GRID, tags=tags)

    assert inherited(path, MODEL, MOSAIC) == {MOSAIC: "mosaic.tif, digest 1"}
    assert inherited(tmp_path / "none.tif", MOSAIC) == {}
