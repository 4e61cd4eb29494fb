"""Making a correction package: what a person needs to correct the ejecta of some craters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from shapely import MultiPolygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.outlines import mask_outline
from ejmap_geo.maps.raster_style import mosaic_style, write_style
from ejmap_geo.maps.vector_style import area_style, rim_style
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.rasters.raster import read_mask_on, write_cog
from ejmap_geo.rasters.raster_file import require_whole
from ejmap_geo.resampling.reproject import covering_window
from ejmap_geo.whole_file import whole_folder, write_text
from ejmap_project.basemap import (
    Basemap,
    azimuthal_grid,
    read_project_basemap,
    require_any_map,
)
from ejmap_project.corrections.label_folder import label_folder
from ejmap_project.corrections.package_note import (
    NOTE,
    POLYGONS,
    QGIS,
    README,
    TILES,
    HandedOut,
    PackageNote,
    layer_name,
    mosaic_name,
)
from ejmap_project.corrections.package_view import package_qgis, package_readme
from ejmap_project.corrections.tile_gain import TileGain
from ejmap_project.corrections.tiles_to_label import crater_gains
from ejmap_project.digest import content_version
from ejmap_project.errors import SourceError, StepError
from ejmap_project.files.geopackage import StyledLayer, write_geopackage
from ejmap_project.files.raster_tags import crater_words
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import mask_name
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.settings.project_folder import command_on

MOST_TILES = 20


def make_package(project: OpenProject, craters: Sequence[Crater], folder: Path) -> PackageNote:
    """Write mosaic, masks, polygons, ranked tiles and a QGIS project, whole or not at all.

    The mask of a crater is its label where the project has one, else that of the map.

    Args:
        project: A project with a map.
        craters: Craters to correct.
        folder: Folder to make.

    Raises:
        SettingsError: If the project takes no labels from a folder of masks.
        SourceError: If the folder is there already.
        StepError: If there is no mosaic, or a crater is not mapped.
    """
    if folder.exists():
        raise SourceError(f"{folder} is there already; name a new folder (--out), or move it away")
    # Before anybody draws what could not be imported.
    label_folder(project)
    require_any_map(project)
    mapped, basemap = MappedCraters.of(project), read_project_basemap(project)
    _require_mapped(mapped, craters)
    ordered = sorted({one.crater_id: one for one in craters}.values(), key=lambda one: one.key)
    with whole_folder(folder) as unfinished:
        notes: list[HandedOut] = []
        layers: list[StyledLayer] = []
        ranked: list[tuple[Crater, TileGain]] = []
        for crater in ordered:
            mask, is_label = current_mask(project, crater, basemap.grid)
            window = _window_of(crater, mask, basemap.grid)
            _write_rasters(unfinished, crater, mask, window=window, basemap=basemap)
            layers.append(_polygons(crater, mask, basemap.grid))
            ranked += [(crater, one) for one in _gains(mapped, crater, mask, window)]
            notes.append(
                HandedOut(
                    crater_id=crater.crater_id,
                    digest=mask_digest(mask),
                    is_label=is_label,
                    row=window.row,
                    col=window.col,
                    height=window.height,
                    width=window.width,
                )
            )
        if ranked:
            layers.append(_tiles(ranked, basemap.grid))
        write_geopackage(unfinished / POLYGONS, layers)
        note = PackageNote(
            body=project.settings.body,
            width_px=basemap.grid.width_px,
            made_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            craters=tuple(notes),
        )
        write_text(unfinished / NOTE, note.model_dump_json(indent=2) + "\n")
        view = package_qgis(unfinished, ordered, note, basemap.grid, has_tiles=bool(ranked))
        write_text(unfinished / QGIS, view)
        readme = package_readme(ordered, project.paths.folder, has_tiles=bool(ranked))
        write_text(unfinished / README, readme)
    return note


def _require_mapped(mapped: MappedCraters, craters: Sequence[Crater]) -> None:
    for crater in craters:
        if crater.crater_id not in mapped.masks:
            run = command_on(mapped.project.paths.folder, "run")
            raise StepError(f"crater {crater_words(crater)} is not mapped; map it with {run}")


class CurrentMask(NamedTuple):
    """The mask of a crater, and whether it is a label of the project."""

    mask: PlacedMask
    is_label: bool


def current_mask(project: OpenProject, crater: Crater, basemap: BasemapGrid) -> CurrentMask:
    """Return the label of a crater, else its mask in the map; an empty one if it has neither.

    Raises:
        GeoError: If the file cannot be read.
    """
    label = project.paths.manual_mask(crater.key)
    path = label if label.is_file() else project.paths.basemap_mask(crater.key)
    if not path.is_file():
        return CurrentMask(PlacedMask.empty(), is_label=False)
    return CurrentMask(read_mask_on(path, basemap), is_label=path == label)


def mask_digest(mask: PlacedMask) -> str:
    """Return the digest of what a mask sets, and where."""
    tight = mask.trimmed()
    place = "" if tight.window is None else f"{tight.window.row} {tight.window.col}"
    return content_version(place, tight.mask)


def _window_of(crater: Crater, mask: PlacedMask, basemap: BasemapGrid) -> Window:
    """Return the part of the mosaic in which ejecta are looked for; all of it for a mask beyond."""
    window = covering_window(
        azimuthal_grid(crater, basemap), basemap, reach_m=crater.reach(basemap.body)
    )
    is_inside = int(np.count_nonzero(mask.within(window, basemap))) == mask.area_px
    return window if is_inside else Window.whole(basemap.shape)


def _write_rasters(
    folder: Path, crater: Crater, mask: PlacedMask, *, window: Window, basemap: Basemap
) -> None:
    mosaic = folder / mosaic_name(crater.key)
    around = crop(basemap.raster, window)
    write_cog(mosaic, around, grid=basemap.grid, window=window, nodata=0, overviews="average")
    write_style(mosaic, mosaic_style(len(around)))
    edited = mask.within(window, basemap.grid)
    _write_plain(folder / mask_name(crater.key), edited, window=window, grid=basemap.grid)


def _write_plain(path: Path, mask: NDArray[np.bool_], *, window: Window, grid: BasemapGrid) -> None:
    """Write a GeoTIFF that programs edit in place.

    GDAL refuses to change pixels of a cloud-optimised one. It has no nodata value, because editors
    of pixels leave those out that have none.
    """
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="uint8",
        count=1,
        height=window.height,
        width=window.width,
        compress="DEFLATE",
        crs=rasterio.CRS.from_wkt(grid.crs.to_wkt()),
        transform=grid.transform @ Affine.translation(window.col, window.row),
    ) as raster:
        raster.write(mask.astype(np.uint8), 1)
    require_whole(path)


def _polygons(crater: Crater, mask: PlacedMask, basemap: BasemapGrid) -> StyledLayer:
    """Return the outline of a mask, pixel by pixel: what nobody touches comes back unchanged."""
    outline = mask_outline(mask, basemap=basemap, tolerance_px=0)
    table = gpd.GeoDataFrame(
        {"crater": [crater_words(crater)]},
        geometry=[outline],
        crs=geographic_crs(basemap.body),
    )
    return StyledLayer(
        name=layer_name(crater.key),
        table=table,
        geometry="MultiPolygon",
        style=area_style(),
        description=f"ejecta of {crater_words(crater)}, to be edited",
    )


def _gains(
    mapped: MappedCraters, crater: Crater, mask: PlacedMask, window: Window
) -> list[TileGain]:
    if not mapped.project.paths.segmentation(crater.key).is_file():
        return []
    return crater_gains(mapped, crater, mask, window)[:MOST_TILES]


def _tiles(ranked: Sequence[tuple[Crater, TileGain]], basemap: BasemapGrid) -> StyledLayer:
    best = sorted(ranked, key=lambda one: -one[1].expected_wrong_m2)
    table = gpd.GeoDataFrame(
        {
            "rank": np.arange(1, len(best) + 1),
            "crater": [crater_words(crater) for crater, _ in best],
            "expected_wrong_km2": [one.expected_wrong_m2 / 1e6 for _, one in best],
            "uncertain_percent": [100 * one.uncertain_share for _, one in best],
        },
        geometry=[_outline(one.window, basemap) for _, one in best],
        crs=geographic_crs(basemap.body),
    )
    return StyledLayer(
        name=TILES,
        table=table,
        geometry="MultiPolygon",
        style=rim_style(label="rank"),
        description="tiles by the area that is expected wrong in them, the largest first",
    )


def _outline(window: Window, basemap: BasemapGrid) -> MultiPolygon:
    placed = PlacedMask(mask=np.ones(window.shape, np.bool_), window=window)
    return mask_outline(placed, basemap=basemap, tolerance_px=0)
