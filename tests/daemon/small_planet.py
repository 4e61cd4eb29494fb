"""The project that servers look after: a planet of a few craters, as files."""

from pathlib import Path

import pandas as pd

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet

CRATERS = 4
SETTINGS = """
bands: mercury-enhanced
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml}
mapping: {tile_side_px: 32}
"""


def write_craters(folder: Path, count: int) -> None:
    """Write the mosaic of a project, once, and a table of its first craters."""
    config = PlanetConfig(body=MERCURY, width_px=256, craters=CRATERS + 1)
    planet = make_planet(config, seed=5)
    if not (folder / "mosaic.tif").exists():
        write_cog(folder / "mosaic.tif", planet.raster, grid=planet.basemap, nodata=0)
    rows = [
        {
            "crater_id": one.crater_id,
            "name": one.name,
            "lon_deg": one.center.lon_deg,
            "lat_deg": one.center.lat_deg,
            "radius_m": one.radius_m,
        }
        for one in planet.craters[:count]
    ]
    pd.DataFrame(rows).to_csv(folder / "craters.csv", index=False)
