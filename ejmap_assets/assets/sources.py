"""Where everything begins: the mosaic, the craters, and what is already known of their ejecta."""

import numpy as np

from ejmap_assets import partitions
from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.craters.catalogue import craters_of, write_catalogue
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.figures import places_plot
from ejmap_project.files.mask_file import write_mask
from ejmap_project.pictures import mask_over, mosaic_grey, mosaic_rgb, shrunk
from ejmap_project.sources.kinds import source_of

PICTURE_PX = 480


@project_asset(group="sources", kinds={"geotiff"}, kind="prepare")
def basemap_mosaic(making: Making) -> Artefact:
    """Image of the whole planet in simple cylindrical projection.

    Longitude -180 to 180, 8 bit, 0 where nothing was imaged. All maps lie on its pixels.
    """
    raster, grid = source_of(making.project).basemap(making.progress.say)
    write_cog(making.paths.basemap_mosaic, raster, grid=grid, nodata=0)
    return Artefact(
        content=content_version(raster),
        metadata={
            "source": making.settings.source.kind,
            "body": grid.body.name,
            "width_px": grid.width_px,
            "bands": raster.shape[0],
            "resolution_km": grid.resolution_m / 1000,
            "imaged_share": float(np.mean(raster.any(axis=0))),
            "path": str(making.paths.basemap_mosaic),
            "picture": Picture(mosaic_rgb(raster, max_side_px=PICTURE_PX), alt="the mosaic"),
        },
    )


@project_asset(group="sources", kinds={"parquet"}, kind="prepare")
def crater_catalogue(making: Making) -> Artefact:
    """Fresh craters whose ejecta are mapped.

    Number, name, centre, rim radius. Each crater becomes a partition; a crater that is added is
    mapped without touching the others.
    """
    catalogue = source_of(making.project).catalogue()
    craters = craters_of(catalogue)
    write_catalogue(catalogue, making.paths.crater_catalogue)
    added, removed = partitions.sync_craters(making.instance, [crater.key for crater in craters])
    shown = catalogue[["crater_id", "name", "lon_deg", "lat_deg", "radius_m", "labelled"]]
    return Artefact(
        content=content_version(repr(craters)),
        metadata={
            "craters": len(craters),
            "smallest_radius_km": float(catalogue["radius_m"].min() / 1000),
            "largest_radius_km": float(catalogue["radius_m"].max() / 1000),
            "new_craters": added,
            "removed_craters": removed,
            "notes": catalogue.attrs.get("notes", []),
            "path": str(making.paths.crater_catalogue),
            "first_rows": shown,
            "picture": places_plot(catalogue),
        },
        table=catalogue,
    )


@project_asset(group="sources", kinds={"geotiff"}, kind="prepare")
def manual_masks(making: Making) -> Artefact:
    """Ejecta that are known already, one mask a crater.

    Drawn by a person, or the truth of a synthetic planet. They train models and score maps; a
    project may have none.
    """
    basemap = read_project_basemap(making.project)
    known = np.zeros(basemap.grid.shape, np.bool_)
    parts: list[str | np.ndarray] = []
    masks_px: dict[str, int] = {}
    making.paths.manual_masks.mkdir(parents=True, exist_ok=True)
    craters = making.project.craters()
    for crater, placed in source_of(making.project).masks(craters, basemap.grid):
        path = making.paths.manual_mask(crater.key)
        write_mask(path, placed, basemap=basemap.grid, center=crater.center)
        placed.paste_into(known)
        parts += [crater.key, str(placed.window), placed.mask]
        masks_px[crater.key] = placed.area_px
    grey = mosaic_grey(basemap.raster, max_side_px=PICTURE_PX)
    overlay = mask_over(grey, shrunk(known, max_side_px=PICTURE_PX))
    return Artefact(
        content=content_version(*parts),
        metadata={
            "masks": len(masks_px),
            "ejecta_share_of_pixels": float(known.mean()),
            "ejecta_px": masks_px,
            "path": str(making.paths.manual_masks),
            "picture": Picture(overlay, alt="known ejecta over the mosaic"),
        },
    )
