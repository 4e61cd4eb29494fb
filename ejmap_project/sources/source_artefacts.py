"""What a project takes from its source, written in its own form: mosaic, craters, known ejecta."""

import shutil
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import craters_of, write_catalogue
from ejmap_geo.craters.observed_share import observed_shares
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.raster_style import mosaic_style, write_style
from ejmap_geo.rasters.raster import write_cog
from ejmap_ml.config.bands import words_of
from ejmap_project.artefact import Artefact, Markdown, Picture, drawing
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import Content, content_version
from ejmap_project.figures import places_plot
from ejmap_project.files.mask_file import write_crater_mask
from ejmap_project.files.raster_tags import MOSAIC, TERMS, meaning, mosaic_words
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.shades import mosaic_rgb
from ejmap_project.pictures.sheet import SHEET_WIDTH_PX, ejecta_picture, planet_picture
from ejmap_project.progress import Progress
from ejmap_project.sources.kinds import source_of

SHOWN = ["crater_id", "name", "lon_deg", "lat_deg", "radius_m", "labelled", "observed_share"]


def take_mosaic(project: OpenProject, progress: Progress) -> Artefact:
    """Write the mosaic that the settings name.

    Raises:
        GeoError: If a file of the user does not fit.
        SourceError: If imagery is not installed.
    """
    raster, grid = source_of(project).basemap(progress.say)
    if project.settings.source.kind != "synthetic":
        # Of a source that was synthetic before.
        shutil.rmtree(project.paths.synthetic_planet, ignore_errors=True)
    path = project.paths.basemap_mosaic
    traits, content = project.settings.source.traits, content_version(raster)
    bands = words_of(project.settings.mosaic_bands)
    write_cog(
        path,
        raster,
        grid=grid,
        nodata=0,
        overviews="average",
        tags={
            MOSAIC: mosaic_words(traits.mosaic, content),
            **meaning(f"mosaic of {grid.body.name}: {bands}", "0 (nodata): not imaged; 1 to 255"),
            **({TERMS: traits.terms} if traits.terms else {}),
        },
    )
    write_style(path, mosaic_style(len(raster)))
    return Artefact(
        content=content,
        metadata={
            "source": project.settings.source.kind,
            "body": grid.body.name,
            "width_px": grid.width_px,
            "bands": raster.shape[0],
            "bands_mean": bands,
            "resolution_km": grid.resolution_m / 1000,
            "imaged_share": float(np.mean(raster.any(axis=0))),
            "path": str(path),
            "picture": _mosaic_picture(raster, grid),
        },
    )


@drawing
def _mosaic_picture(raster: NDArray[np.uint8], grid: BasemapGrid) -> Picture | Markdown:
    return planet_picture(mosaic_rgb(raster, max_side_px=SHEET_WIDTH_PX), grid, "mosaic")


def take_catalogue(project: OpenProject) -> Artefact:
    """Write the crater table that the settings name, checked.

    Raises:
        GeoError: If a file of the user does not fit.
    """
    catalogue = source_of(project).catalogue()
    basemap, path = read_project_basemap(project), project.paths.crater_catalogue
    craters = craters_of(catalogue)
    catalogue["observed_share"] = observed_shares(basemap.raster, basemap.grid, craters)
    write_catalogue(catalogue, path)
    return Artefact(
        content=content_version(repr(craters)),
        metadata={
            "craters": len(catalogue),
            "smallest_radius_km": float(catalogue["radius_m"].min() / 1000),
            "largest_radius_km": float(catalogue["radius_m"].max() / 1000),
            "notes": catalogue.attrs.get("notes", []),
            "path": str(path),
            "first_rows": catalogue[SHOWN],
            "picture": places_plot(catalogue),
        },
        table=catalogue,
    )


def take_masks(project: OpenProject, *, tags: Mapping[str, str]) -> Artefact:
    """Write the known ejecta of each crater that has a mask, one mask in memory at a time.

    Args:
        project: The project.
        tags: Text kept inside the masks.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        SourceError: If the folder of masks is missing, or holds the mask of no crater.
    """
    basemap, paths = read_project_basemap(project), project.paths
    known = np.zeros(basemap.grid.shape, np.bool_)
    parts: list[Content] = []
    masks_px: dict[str, int] = {}
    paths.manual_masks.mkdir(parents=True, exist_ok=True)
    for crater, placed in source_of(project).masks(project.craters(), basemap.grid):
        path, grid = paths.manual_mask(crater.key), basemap.grid
        write_crater_mask(path, placed, crater, basemap=grid, what="known ejecta", tags=tags)
        placed.paste_into(known)
        parts += [crater.key, str(placed.window), placed.mask]
        masks_px[crater.key] = placed.area_px
    return Artefact(
        content=content_version(*parts),
        metadata={
            "masks": len(masks_px),
            "ejecta_share_of_pixels": float(known.mean()),
            "ejecta_px": masks_px,
            "path": str(paths.manual_masks),
            "picture": ejecta_picture(basemap.raster, known, basemap.grid, what="known ejecta"),
        },
    )
