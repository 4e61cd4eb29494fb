"""A mosaic that this machine cannot hold is refused before it is read."""

from pathlib import Path

import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster import read_basemap

VRT = """<VRTDataset rasterXSize="2000000" rasterYSize="1000000">
<SRS>ESRI:104974</SRS><GeoTransform>-180,0.00018,0,90,0,-0.00018</GeoTransform>
<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>"""


def test_a_header_of_terabytes_is_one_sentence(tmp_path: Path) -> None:
    """With what it takes, what there is, and how to shrink it."""
    path = tmp_path / "big.vrt"
    path.write_text(VRT)

    with pytest.raises(RasterError, match=r"2000000x1000000 px in 1 band\(s\), 2000 GB, but this"):
        read_basemap(path, body=MERCURY)
