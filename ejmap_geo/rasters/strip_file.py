"""GeoTIFFs that are written strip by strip: rasters that need not fit in memory."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rasterio
import rasterio.shutil
from numpy.typing import DTypeLike, NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.file_stamp import file_stamp
from ejmap_geo.rasters.raster import BLOCK_PX, cog_options
from ejmap_geo.rasters.raster_file import whole_raster
from ejmap_geo.whole_file import hidden_folder

# Rows from the first, and the values of some of them, ``(band, rows, cols)``.
WriteRows = Callable[[int, NDArray[Any]], None]


@contextmanager
def cog_in_strips(
    path: Path,
    *,
    grid: BasemapGrid,
    dtype: DTypeLike,
    nodata: float,
    band_names: Sequence[str],
    tags: Mapping[str, str] | None = None,
) -> Generator[WriteRows]:
    """Yield how to write rows of a cloud-optimised GeoTIFF that appears when the block succeeds.

    Rows that are not written are ``nodata`` and take no space.

    Args:
        path: File to write.
        grid: The whole basemap.
        dtype: Type of its values.
        nodata: Value that means "nothing here".
        band_names: One description a band.
        tags: Text kept inside the file by name.
    """
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": dtype,
        "count": len(band_names),
        "height": grid.shape[0],
        "width": grid.shape[1],
        "crs": rasterio.CRS.from_wkt(grid.crs.to_wkt()),
        "transform": grid.transform,
        "nodata": nodata,
        "tiled": True,
        "blockxsize": BLOCK_PX,
        "blockysize": BLOCK_PX,
        "sparse_ok": True,
        "compress": "DEFLATE",
        "zlevel": 1,
        "bigtiff": "IF_SAFER",
    }
    with whole_raster(path) as unfinished, hidden_folder(path) as folder:
        plain = folder / "strips.tif"
        with rasterio.open(plain, "w", **profile) as raster:
            for number, name in enumerate(band_names, start=1):
                raster.set_band_description(number, name)
            raster.update_tags(**file_stamp(), **(tags or {}))

            def write(top: int, values: NDArray[Any]) -> None:
                rows = ((top, top + values.shape[1]), (0, grid.shape[1]))
                raster.write(values, window=rows)

            yield write
        rasterio.shutil.copy(plain, unfinished, **cog_options(), overview_resampling="NEAREST")
