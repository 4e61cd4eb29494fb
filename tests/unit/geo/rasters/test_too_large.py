"""A raster that this machine cannot hold is refused before it is read."""

import os
from pathlib import Path

import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.measured_raster import read_measured
from ejmap_geo.rasters.raster import read_basemap

VRT = """<VRTDataset rasterXSize="400" rasterYSize="200">
<SRS>ESRI:104974</SRS><GeoTransform>-180,0.9,0,90,0,-0.9</GeoTransform>
<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>"""


def test_a_mosaic_beyond_memory_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it takes, what there is, and how to shrink it."""
    monkeypatch.setattr(os, "sysconf", lambda _: 200)
    path = tmp_path / "big.vrt"
    path.write_text(VRT)

    with pytest.raises(RasterError, match=r"400x200 px in 1 band\(s\), 0 GB, but this machine"):
        read_basemap(path, body=MERCURY)


def test_a_raster_of_a_quantity_beyond_memory_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers take four bytes each: a quarter of the pixels fills the same memory."""
    monkeypatch.setattr(os, "sysconf", lambda _: 300)
    path = tmp_path / "heat.vrt"
    path.write_text(VRT)
    assert read_basemap(path, body=MERCURY)[0].shape == (1, 200, 400)

    with pytest.raises(RasterError, match=r"heat.vrt has 400x200 px .* of memory; shrink it"):
        read_measured(path, index=0, body=MERCURY)
