"""Counts of right and wrong pixels in labelled tiles: one row a tile and crater."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.scores.agreement import Confusion
from ejmap_geo.scores.tile_agreement import (
    FULL_SCALE_PX,
    CraterMasks,
    TileAgreement,
    agreement_in_tiles,
)
from ejmap_geo.tiles.tile_area import area_of_tiles
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.paths import ProjectPaths
from ejmap_project.progress import Progress

# Sides of the majority filter: the mask itself, and about 2, 3 and 6 km on the published basemap.
SCALES_PX = (FULL_SCALE_PX, 3, 5, 9)
COUNTS = ("true_positive", "false_positive", "false_negative", "true_negative")
SCORES = ("accuracy", "f1", "iou", "precision", "recall")
MAP, CEILING = "map", "ceiling"
RECTANGLE = ["basemap_row", "basemap_col", "basemap_height_px", "basemap_width_px"]


def count_columns(kind: str, scale_px: int) -> list[str]:
    """Return the columns that hold the counts of the map or its ceiling at a scale.

    At full scale those of the map have plain names; others are prefixed by ``scale9_`` and
    ``ceiling_``.
    """
    scale = "" if scale_px == FULL_SCALE_PX else f"scale{scale_px}_"
    prefix = scale + ("" if kind == MAP else f"{kind}_")
    return [prefix + name for name in COUNTS]


def tile_score_columns() -> list[str]:
    """Return the columns of :func:`score_tiles` in their order."""
    counts = [
        name
        for scale in SCALES_PX
        for kind in (MAP, CEILING)
        for name in count_columns(kind, scale)
    ]
    flags = ["has_connections", "is_connected_found", "is_ejecta_true", "is_ejecta_found"]
    return ["crater_id", "tile_id", *flags, *SCORES, *counts]


def score_craters(
    tiles: pd.DataFrame,
    craters: Mapping[str, Crater],
    *,
    paths: ProjectPaths,
    basemap: BasemapGrid,
    progress: Progress,
) -> pd.DataFrame:
    """Compare the masks of all craters inside their labelled tiles, one crater in memory at a time.

    Args:
        tiles: Labelled tiles of the planet: ``crater_id``, ``tile_id`` and the rectangle.
        craters: Craters by key; tiles of others are left out.
        paths: Where masks and connections lie.
        basemap: Grid of the masks.
        progress: Who listens.
    """
    labelled = set(tiles["crater_id"])
    chosen = [crater for crater in craters.values() if crater.crater_id in labelled]
    parts = [pd.DataFrame(columns=pd.Index(tile_score_columns()))]
    for done, crater in enumerate(chosen):
        progress.update(f"labelled tiles of crater {crater.key}", done=done, total=len(chosen))
        own = tiles[tiles["crater_id"] == crater.crater_id]
        parts.append(score_tiles(own, crater, paths=paths, basemap=basemap))
    progress.update("labelled tiles", done=len(chosen), total=len(chosen))
    return pd.concat(parts[1:] or parts, ignore_index=True)


def score_tiles(
    tiles: pd.DataFrame, crater: Crater, *, paths: ProjectPaths, basemap: BasemapGrid
) -> pd.DataFrame:
    """Compare a crater's masks inside its labelled tiles.

    A crater that was not mapped counts as one without ejecta, and one without connections as
    connected to nothing.

    Args:
        tiles: Labelled tiles of the crater: ``tile_id`` and the rectangle on the basemap.
        crater: The crater.
        paths: Where its masks and connections lie.
        basemap: Grid of the masks.

    Returns:
        One row a tile: flags, the scores of the tile at full scale, and the counts of pixels of map
        and ceiling at every scale.

    Raises:
        GeoError: If a mask does not fit the mosaic.
    """
    rectangles = tiles[RECTANGLE].to_numpy(np.int64)
    windows = {
        int(tile_id): Window(row=int(row), col=int(col), height=int(height), width=int(width))
        for tile_id, (row, col, height, width) in zip(tiles["tile_id"], rectangles, strict=True)
    }
    masks = CraterMasks(
        actual=_mask(paths.manual_mask(crater.key), basemap),
        found=_mask(paths.basemap_mask(crater.key), basemap),
        connected=_connected(crater, paths, basemap),
    )
    found = agreement_in_tiles(windows, masks, basemap=basemap, scales_px=SCALES_PX)
    rows = [_row(one) for one in found]
    known = {
        "crater_id": crater.crater_id,
        "has_connections": paths.connections(crater.key).is_file(),
    }
    return pd.DataFrame(rows).assign(**known).reindex(columns=tile_score_columns())


def pooled(table: pd.DataFrame, columns: Iterable[str]) -> Confusion:
    """Return the sum of counts over the rows of a table.

    Args:
        table: Tiles.
        columns: Columns of the four counts, from :func:`count_columns`.
    """
    sums = (int(table[name].sum()) for name in columns)
    return Confusion(**dict(zip(COUNTS, sums, strict=True)))


def f1_of_locations(table: pd.DataFrame) -> pd.Series:
    """Return F1 of the pixels of all craters in each tile location, by ``tile_id``."""
    groups = table.groupby("tile_id")
    columns = count_columns(MAP, FULL_SCALE_PX)
    return pd.Series({tile_id: pooled(part, columns).f1 for tile_id, part in groups}, dtype=float)


def scores_of(counts: Confusion) -> dict[str, float]:
    """Return the five scores by name."""
    return {name: float(getattr(counts, name)) for name in SCORES}


def _mask(path: Path, basemap: BasemapGrid) -> PlacedMask:
    return read_mask_on(path, basemap) if path.is_file() else PlacedMask.empty()


def _connected(crater: Crater, paths: ProjectPaths, basemap: BasemapGrid) -> PlacedMask:
    path = paths.connections(crater.key)
    if not path.is_file():
        return PlacedMask.empty()
    table = read_connections(path)
    return area_of_tiles(
        tile_windows(table[table["is_connected"]]),
        azimuthal=azimuthal_grid(crater, basemap),
        basemap=basemap,
    )


def _row(tile: TileAgreement) -> dict[str, object]:
    full = tile.found[FULL_SCALE_PX]
    row: dict[str, object] = {
        "tile_id": tile.tile_id,
        "is_connected_found": tile.is_connected,
        "is_ejecta_true": full.true_positive + full.false_negative > 0,
        "is_ejecta_found": full.true_positive + full.false_positive > 0,
        **scores_of(full),
    }
    for kind, by_scale in ((MAP, tile.found), (CEILING, tile.ceiling)):
        for scale_px, counts in by_scale.items():
            values = [getattr(counts, name) for name in COUNTS]
            row.update(zip(count_columns(kind, scale_px), values, strict=True))
    return row
