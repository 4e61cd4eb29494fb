"""Manual masks, labelled tiles and splits as published."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on, write_cog
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.export.export import Export
from ejmap_project.published import layout
from ejmap_project.published.added_tiles import owner_of
from ejmap_project.published.grid import published_half_px, shift_px
from ejmap_project.published.tiles import OURS, PLANET, SPLIT_PREFIX

# Paths in published tables begin with it; nobody follows them.
ROOT = "__EJMAP_ROOT_DIR__"
TILE = "pos_index"
KEY = ["planet", "crater_id", "tile_id"]


def export_masks(export: Export) -> list[str]:
    """Write the manual mask of each crater on the whole mosaic, and one of all craters."""
    every = np.zeros(export.basemap.shape, np.bool_)
    masks = list(_masked(export))
    for crater in masks:
        export.tell(f"manual mask of {crater.name or crater.key}")
        full = _full_mask(export, crater)
        every |= full
        path = export.place(layout.MANUAL_MASK, crater=crater.crater_id)
        write_cog(path, full, grid=export.basemap)
    if not masks:
        return ["manual masks: the project has none"]
    write_cog(export.place(layout.ALL_MASK), every, grid=export.basemap)
    return []


def export_tiles(export: Export) -> list[str]:
    """Write the labelled tiles of the mapped planet: rectangles, squares, counts and splits."""
    if not export.paths.labelled_tiles.is_file():
        return ["labelled tiles: not made yet"]
    labelled = pd.read_parquet(export.paths.labelled_tiles).drop(columns="geometry")
    own = labelled[labelled["planet"] == PLANET]
    wraps = own["basemap_col"] + own["basemap_width_px"] > export.basemap.width_px
    kept = pd.DataFrame(own[~wraps])
    if kept.empty:
        return ["labelled tiles: the mapped planet has none"]
    for crater in export.craters:
        rows = kept[kept["crater_id"] == crater.crater_id]
        if len(rows):
            _write_rectangles(export, crater, rows)
            _write_squares(export, crater, rows)
    is_of_all = kept["tile_id"].map(owner_of).isna()
    every = kept[is_of_all].drop_duplicates("tile_id").sort_values("tile_id")
    name = layout.ALL_MASK.template
    _rectangles(every, name).to_csv(export.place(layout.ALL_RECTANGLES), index_label=TILE)
    table = _with_splits(export, kept).rename(columns={ours: name for name, ours in OURS.items()})
    columns = [TILE, *(name for name in OURS if name != TILE)]
    splits = [name for name in table if str(name).startswith(SPLIT_PREFIX)]
    table[[*columns, *splits]].to_csv(export.place(layout.LABELLED_TILES), index=False)
    return _left_out(int(wraps.sum()))


def _masked(export: Export) -> Iterator[Crater]:
    for crater in export.craters:
        if export.paths.manual_mask(crater.key).is_file():
            yield crater


def _full_mask(export: Export, crater: Crater) -> NDArray[np.bool_]:
    full = np.zeros(export.basemap.shape, np.bool_)
    _mask(export, crater).paste_into(full)
    return full


def _mask(export: Export, crater: Crater) -> PlacedMask:
    path = export.paths.manual_mask(crater.key)
    return read_mask_on(path, export.basemap) if path.is_file() else PlacedMask.empty()


def _write_rectangles(export: Export, crater: Crater, rows: pd.DataFrame) -> None:
    mask = _mask(export, crater)
    counts = [int(mask.within(window, export.basemap).sum()) for window in _windows(rows)]
    name = layout.MANUAL_MASK.template.format(crater=crater.crater_id)
    path = export.place(layout.RECTANGLES, crater=crater.crater_id)
    _rectangles(rows, name).assign(num_1=counts).to_csv(path, index_label=TILE)


def _windows(rows: pd.DataFrame) -> Iterator[Window]:
    names = ["basemap_row", "basemap_col", "basemap_height_px", "basemap_width_px"]
    for row, col, height, width in rows[names].to_numpy(np.int64).tolist():
        yield Window(row=row, col=col, height=height, width=width)


def _rectangles(rows: pd.DataFrame, raster: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "y": rows["basemap_row"].to_numpy(),
            "x": rows["basemap_col"].to_numpy(),
            "height": rows["basemap_height_px"].to_numpy(),
            "width": rows["basemap_width_px"].to_numpy(),
            "filename": f"{ROOT}/{raster}",
            "priority": 1,
        },
        index=pd.Index(rows["tile_id"].to_numpy()),
    )


def _write_squares(export: Export, crater: Crater, rows: pd.DataFrame) -> None:
    squares = published_squares(export, crater, pd.DataFrame(rows[rows["side_px"] > 0]))
    path = export.place(layout.LABELLED_SQUARES, crater=crater.crater_id)
    name = layout.AZIMUTHAL_MOSAIC.template.format(crater=crater.crater_id)
    squares.assign(filename=f"{ROOT}/{name}", priority=1).to_csv(path, index_label=TILE)


def published_squares(export: Export, crater: Crater, rows: pd.DataFrame) -> pd.DataFrame:
    """Return square tiles in pixels from the published corner, by tile id.

    Tiles on the outermost ring of a raster that reaches the antipode are left out: the published
    raster is one pixel narrower all round.

    Args:
        export: The export.
        crater: The crater.
        rows: ``tile_id``, ``row``, ``col`` and ``side_px`` on the crater's own raster.
    """
    grid = azimuthal_grid(crater, export.basemap)
    shift, size = shift_px(grid, export.basemap), 2 * published_half_px(export.basemap)
    squares = pd.DataFrame(
        {
            "y": rows["row"].to_numpy(np.int64) - shift,
            "x": rows["col"].to_numpy(np.int64) - shift,
            "height": rows["side_px"].to_numpy(np.int64),
            "width": rows["side_px"].to_numpy(np.int64),
        },
        index=pd.Index(rows["tile_id"].to_numpy(np.int64)),
    )
    near, far = squares[["y", "x"]].min(axis=1), squares[["y", "x"]].max(axis=1)
    return squares[(near >= 0) & (far + squares["width"] <= size)]


def _with_splits(export: Export, rows: pd.DataFrame) -> pd.DataFrame:
    if not export.paths.splits.is_file():
        return rows
    splits = pd.read_parquet(export.paths.splits)
    return rows.merge(splits, on=KEY, how="left", validate="one_to_one")


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count} labelled tiles across the antimeridian: published tables cannot hold them"]
