"""What the networks of a project look at, as published: one .npy file a channel and tile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.tiles.tiling import Tile, tiles_of
from ejmap_project.basemap import Basemap, azimuthal_grid, read_project_basemap
from ejmap_project.export.export import Export
from ejmap_project.files.connection_table import read_connections
from ejmap_project.models.model_version import configured_model
from ejmap_project.published import layout
from ejmap_project.published.file_family import FileFamily
from ejmap_project.published.npy_tiles import BANDS
from ejmap_project.published.tiles import PLANET

if TYPE_CHECKING:
    from ejmap_project.mapping.tile_plan import TiledCrater, TilePlan

# Enough to be fast, few enough for the memory of a small machine.
TILES_AT_ONCE = 32

Planes = Iterator[tuple[FileFamily, NDArray[Any]]]


def export_npy_tiles(export: Export) -> list[str]:
    """Write the labelled and the mapping tiles of each crater as its models see them."""
    from ejmap_project.mapping.tile_plan import TilePlan

    project = export.project
    plan = TilePlan.of(
        ejconn=configured_model(project, "ejconn"), ejseg=configured_model(project, "ejseg")
    )
    notes = [] if plan.tile is not None else ["tiles of EJSEG: it looks at polar views"]
    left_out: list[str] = []
    basemap: Basemap | None = None
    for crater in export.craters:
        if not export.paths.azimuthal_mosaic(crater.key).is_file():
            left_out.append(crater.key)
            continue
        basemap = basemap or read_project_basemap(project)
        one = _tiled(export, crater, basemap)
        if one.mosaic.shape[0] != BANDS:
            return [f"tiles: the mosaic has {one.mosaic.shape[0]} band(s), published tiles {BANDS}"]
        export.tell(f"tiles of {crater.name or crater.key}")
        _write(export, one, _labelled(export, crater), plan=plan, planes_of=_labelled_planes)
        _write(export, one, _mapping(export, crater), plan=plan, planes_of=_mapping_planes)
    if left_out:
        notes.append(f"tiles of {', '.join(left_out)}: its mosaic is not made yet")
    return notes


def _labelled_planes(arrays: Mapping[str, NDArray[Any]], number: int) -> Planes:
    from ejmap_ml.ejseg.data import DISTANCE_M, IMAGE, MASK

    yield from _crop_planes(arrays, number, layout.EJCONN_IMAGE, layout.EJCONN_ATTENTION)
    if IMAGE in arrays:
        yield layout.EJSEG_IMAGE, arrays[IMAGE][number]
        yield layout.EJSEG_DISTANCE, arrays[DISTANCE_M][number]
        yield layout.EJSEG_MASK, arrays[MASK][number].astype(np.uint8)


def _mapping_planes(arrays: Mapping[str, NDArray[Any]], number: int) -> Planes:
    from ejmap_ml.ejseg.data import IMAGE

    # The published code reads the second spelling.
    attention = layout.EJCONN_MAPPING_ATTENTION[1]
    yield from _crop_planes(arrays, number, layout.EJCONN_MAPPING_IMAGE, attention)
    if IMAGE in arrays:
        yield layout.EJSEG_MAPPING_IMAGE, arrays[IMAGE][number]


def _crop_planes(
    arrays: Mapping[str, NDArray[Any]], number: int, image: FileFamily, attention: FileFamily
) -> Planes:
    from ejmap_ml.ejconn.data import CROP

    if CROP in arrays:
        yield image, arrays[CROP][number, :BANDS]
        yield attention, arrays[CROP][number, BANDS:]


def _tiled(export: Export, crater: Crater, basemap: Basemap) -> "TiledCrater":
    from ejmap_project.mapping.tile_plan import TiledCrater
    from ejmap_project.sources.known_planets import ejecta_around

    grid = azimuthal_grid(crater, export.basemap)
    mosaic = to_azimuthal(basemap.raster, basemap=basemap.grid, azimuthal=grid)
    ejecta, path = None, export.paths.manual_mask(crater.key)
    if path.is_file():
        mask = read_mask_on(path, export.basemap)
        ejecta = ejecta_around(mask, basemap=export.basemap, azimuthal=grid)
    return TiledCrater(crater=crater, azimuthal=grid, mosaic=mosaic, tiles=(), ejecta=ejecta)


def _labelled(export: Export, crater: Crater) -> list[Tile]:
    is_known = export.paths.manual_mask(crater.key).is_file()
    if not is_known or not export.paths.labelled_tiles.is_file():
        return []
    table = pd.read_parquet(export.paths.labelled_tiles)
    is_own = (table["planet"] == PLANET) & (table["crater_id"] == crater.crater_id)
    return tiles_of(table[is_own & (table["side_px"] > 0)])


def _mapping(export: Export, crater: Crater) -> list[Tile]:
    path = export.paths.connections(crater.key)
    return tiles_of(read_connections(path)) if path.is_file() else []


def _write(
    export: Export,
    one: "TiledCrater",
    tiles: Sequence[Tile],
    *,
    plan: "TilePlan",
    planes_of: Callable[[Mapping[str, NDArray[Any]], int], Planes],
) -> None:
    from ejmap_project.mapping.tile_plan import tile_arrays

    for start in range(0, len(tiles), TILES_AT_ONCE):
        some = tiles[start : start + TILES_AT_ONCE]
        arrays = tile_arrays(replace(one, tiles=some), plan)
        for number, tile in enumerate(some):
            for family, plane in planes_of(arrays, number):
                place = {"tile": tile.tile_id, "crater": one.crater.crater_id}
                np.save(export.place(family, **place), plane)
