"""Open files with GDAL's own library and validators: ``open_in_gdal.py FILE ...``.

Runs in a Python that has GDAL and its ``osgeo_utils`` (``python3-gdal`` of Debian), which is not
that of EJMAP. Prints as JSON what GDAL found in each file, and what is wrong with a cloud-optimised
GeoTIFF or a GeoPackage.
"""

import json
import sys

from osgeo import gdal, osr
from osgeo_utils.samples.validate_cloud_optimized_geotiff import validate
from osgeo_utils.samples.validate_gpkg import check

gdal.UseExceptions()


def _named(projection: str) -> str:
    return osr.SpatialReference(projection).GetName() if projection else "none"


def described(path: str) -> dict[str, object]:
    """Return what a file holds, and its faults."""
    if path.endswith(".tif"):
        raster = gdal.Open(path)
        band = raster.GetRasterBand(1)
        errors = validate(path)[1]
        table = band.GetDefaultRAT()
        return {
            "holds": f"{raster.RasterXSize} x {raster.RasterYSize} px, {raster.RasterCount} band(s)"
            f", {gdal.GetDataTypeName(band.DataType)}, {band.GetOverviewCount()} overview(s)"
            + (f", table of {table.GetRowCount()} values" if table else ""),
            "crs": _named(raster.GetProjection()),
            "faults": list(errors),
        }
    layers = gdal.OpenEx(path, gdal.OF_VECTOR)
    named = [layers.GetLayer(number) for number in range(layers.GetLayerCount())]
    counts = {layer.GetName(): layer.GetFeatureCount() for layer in named}
    found = {layer.GetSpatialRef().GetName() for layer in named if layer.GetSpatialRef()}
    faults: list[str] = []
    if path.endswith(".gpkg"):
        try:
            check(path, extra_checks=True, warning_msg=False)
        except Exception as error:  # noqa: BLE001 - the validator raises whatever it finds
            faults.append(str(error))
    return {
        "holds": ", ".join(f"{name} ({count})" for name, count in counts.items()),
        "crs": ", ".join(sorted(found)) or "none",
        "faults": faults,
    }


if __name__ == "__main__":
    found = {path: described(path) for path in sys.argv[1:]}
    told = {"version": gdal.__version__, "files": found}
    print(json.dumps(told))  # noqa: T201 - how a script answers
