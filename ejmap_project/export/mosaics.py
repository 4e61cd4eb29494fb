"""The mosaic, and the rasters around craters that the published code reads."""

import shutil

import numpy as np
import rasterio
from affine import Affine

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.rasters.raster_file import require_whole
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.basemap import Basemap, azimuthal_grid, read_project_basemap
from ejmap_project.export.export import Export
from ejmap_project.published import layout
from ejmap_project.published.grid import published_half_px

# The widest annulus that was tuned ends at 5 radii.
BUFFER_RADII = 6.0


def export_mosaic(export: Export) -> list[str]:
    """Write the mosaic, and the raster around each rim from which the annulus is taken."""
    shutil.copyfile(export.paths.basemap_mosaic, export.place(layout.MOSAIC))
    raster, basemap = read_project_basemap(export.project)
    for crater in export.craters:
        grid = AzimuthalGrid.reaching(
            basemap.body,
            center=crater.center,
            resolution_m=basemap.resolution_m,
            reach_m=BUFFER_RADII * crater.radius_m,
        )
        bands = to_azimuthal(raster, basemap=basemap, azimuthal=grid)
        write_cog(export.place(layout.BUFFER, crater=crater.crater_id), bands, grid=grid, nodata=0)
    return []


def export_azimuthal_mosaics(export: Export) -> list[str]:
    """Write the mosaic around each crater as wide as the planet, 0 beyond the crater's reach.

    The published notebooks count pixels from the middle of rasters of that width.
    """
    made = {one: export.paths.azimuthal_mosaic(one.key).is_file() for one in export.craters}
    basemap = read_project_basemap(export.project) if any(made.values()) else None
    left_out: list[str] = []
    for crater, is_made in made.items():
        if is_made and basemap is not None:
            _write_whole(export, crater, basemap)
        else:
            left_out.append(crater.key)
    return [f"azimuthal mosaics of {', '.join(left_out)}: not made yet"] if left_out else []


def _write_whole(export: Export, crater: Crater, mosaic: Basemap) -> None:
    around = azimuthal_grid(crater, mosaic.grid)
    bands = to_azimuthal(mosaic.raster, basemap=mosaic.grid, azimuthal=around)
    ours, theirs = bands.shape[1] // 2, published_half_px(export.basemap)
    cut = max(0, ours - theirs)
    bands = bands[:, cut : bands.shape[1] - cut, cut : bands.shape[2] - cut]
    offset = theirs - (ours - cut)
    resolution_m = export.basemap.resolution_m
    corner_m = theirs * resolution_m
    grid = AzimuthalGrid(
        body=export.basemap.body,
        center=crater.center,
        resolution_m=resolution_m,
        half_size_px=theirs,
    )
    path = export.place(layout.AZIMUTHAL_MOSAIC, crater=crater.crater_id)
    export.tell(f"azimuthal mosaic of {crater.name or crater.key}")
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype=np.uint8,
        count=bands.shape[0],
        width=2 * theirs,
        height=2 * theirs,
        crs=rasterio.CRS.from_wkt(grid.crs.to_wkt()),
        transform=Affine(resolution_m, 0, -corner_m, 0, -resolution_m, corner_m),
        nodata=0,
        tiled=True,
        compress="deflate",
        # Blocks that hold nothing take no room, neither in the file nor in memory.
        sparse_ok=True,
    ) as raster:
        side = bands.shape[1]
        raster.write(bands, window=((offset, offset + side), (offset, offset + side)))
    require_whole(path)
