"""The attribute table beside a raster is the one that GDAL finds."""

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import rasterio
from rasterio.shutil import copy

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.value_table import ValueClass, write_value_table
from ejmap_geo.rasters.raster import write_cog

GRID = BasemapGrid(body=MERCURY, width_px=16)


def test_gdal_reads_values_names_and_colours(tmp_path: Path) -> None:
    """GDAL's own copy of the file as VRT lists them, names with macrons included."""
    path = tmp_path / "labels.tif"
    write_cog(path, np.full(GRID.shape, 7, np.uint16), grid=GRID, nodata=65_535)

    write_value_table(
        path,
        [
            ValueClass(7, "7", "Bash\u014d & <x>", (1, 2, 3, 255)),
            ValueClass(65_534, "", "several", (9, 9, 9, 255)),
        ],
    )

    copy(path, tmp_path / "seen.vrt", driver="VRT")
    seen = ET.parse(tmp_path / "seen.vrt")  # noqa: S314 - GDAL has just written it
    table = seen.find(".//GDALRasterAttributeTable")
    assert table is not None
    assert table.get("tableType") == "thematic"
    rows = [[cell.text or "" for cell in row.findall("F")] for row in table.findall("Row")]
    assert rows[0] == ["7", "7", "Bash\u014d & <x>", "1", "2", "3", "255"]
    assert rows[1][:3] == ["65534", "", "several"]
    with rasterio.open(path) as raster:
        assert raster.nodata == 65_535
