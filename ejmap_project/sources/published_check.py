"""The tables and rasters of a published folder, checked all together before anything is made."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater, craters_of
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import mask_window_of
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.added_tiles import read_added_tiles
from ejmap_project.published.connections import read_connected
from ejmap_project.published.craters import read_craters
from ejmap_project.published.grid import published_grid
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.rectangles import read_rectangles
from ejmap_project.published.scores import read_map_metrics, read_test_metrics
from ejmap_project.published.squares import read_labelled_squares, read_mapping_squares
from ejmap_project.published.tiles import read_splits
from ejmap_project.sources.mask_files import MASK_NAMES, wrong_names
from ejmap_project.sources.mistakes import attempt

if TYPE_CHECKING:
    from numpy.typing import NDArray

# More of one kind say nothing new.
MOST_TOLD = 5


def check_published(
    published: PublishedFolder, *, body: Body, mosaic: Path | None = None
) -> list[str]:
    """Check what a project of a published folder stands on, without reading pixels.

    Tiles of networks (npy) and weights are checked when they are read.

    Args:
        published: The folder.
        body: The planet.
        mosaic: Mosaic to take instead of the folder's.

    Returns:
        A sentence for each thing that is accepted but changed on reading.

    Raises:
        SourceError: With one sentence for each thing that is wrong.
    """
    wrong: list[str] = []
    basemap = attempt(wrong, lambda: published_grid(published, body=body, mosaic=mosaic))
    catalogue = attempt(wrong, lambda: read_craters(published, body=body, basemap=basemap))
    labelled = None
    if published.file(layout.LABELLED_TILES) is not None:
        labelled = attempt(wrong, lambda: read_splits(published))
    if basemap is not None:
        craters = [] if catalogue is None else craters_of(catalogue)
        _check_places(wrong, published, craters, basemap)
    for kind in layout.NAMES:
        for path in published.found(layout.TRAINING_METRICS[kind]).values():
            attempt(wrong, partial(read_test_metrics, path))
        for path in published.found(layout.MAP_METRICS[kind]).values():
            attempt(wrong, partial(read_map_metrics, path))
    if wrong:
        more = len(wrong) - MOST_TOLD
        told = [*wrong[:MOST_TOLD], *([f"{more} more mistakes"] if more > 0 else [])]
        raise SourceError("; and ".join(told))
    if catalogue is None:
        return []
    notes = list(catalogue.attrs["notes"])
    return notes if labelled is None else notes + _left_out(labelled, catalogue["crater_id"])


def check_edits(
    published: PublishedFolder,
    *,
    body: Body,
    mosaic: Path | None,
    masks: Path | None,
    tiles: Path | None,
) -> None:
    """Check what a person edited of published labels, without reading pixels.

    Args:
        published: The folder.
        body: The planet.
        mosaic: Mosaic to take instead of the folder's.
        masks: Folder of masks that take the place of published ones.
        tiles: Table of rectangles that are added.

    Raises:
        GeoError: If the mosaic does not fit.
        SourceError: With one sentence for each thing that is wrong.
    """
    if masks is None and tiles is None:
        return
    if mosaic is None and published.file(layout.MOSAIC) is None:
        raise SourceError(
            f"{published.folder} came without its mosaic, and what models learn in edited tiles is "
            "cut from it; give it (source.mosaic in project.yaml), or leave source.masks and "
            "source.tiles out"
        )
    basemap = published_grid(published, body=body, mosaic=mosaic)
    craters = craters_of(read_craters(published, body=body, basemap=basemap))
    wrong: list[str] = []
    if masks is not None and masks.is_dir():
        wrong += wrong_names(masks, craters)
        for path in sorted(masks.glob(MASK_NAMES)):
            attempt(wrong, partial(mask_window_of, path, basemap))
    if tiles is not None:
        added = attempt(wrong, lambda: read_added_tiles(tiles, basemap=basemap, published=()))
        strangers = {*(added.of_crater if added else ())} - {one.crater_id for one in craters}
        if strangers:
            wrong.append(
                f"{tiles} names crater_id {min(strangers)}, which is not in fresh_craters.shp; "
                "correct it, or leave it empty for a tile of every crater"
            )
    if wrong:
        raise SourceError("; and ".join(wrong))


def _left_out(labelled: pd.DataFrame, known: pd.Series) -> list[str]:
    """Return a sentence on the labelled tiles of craters that are in no catalogue."""
    rows = labelled.loc[~labelled["crater_id"].isin(known), "crater_id"]
    unknown = sorted(rows.unique().tolist())
    if not unknown:
        return []
    shown = ", ".join(map(str, unknown[:MOST_TOLD])) + (", ..." if unknown[MOST_TOLD:] else "")
    left_out = f"az_positions_all.csv holds {len(rows)} tiles of crat_FID {shown}"
    return [f"{left_out}, not among the craters of fresh_craters.shp: they are left out"]


def _check_places(
    wrong: list[str], published: PublishedFolder, craters: Iterable[Crater], basemap: BasemapGrid
) -> None:
    for crater in craters:
        for read in (read_rectangles, read_labelled_squares):
            attempt(wrong, partial(read, published, crater.crater_id, basemap=basemap))
    _check_connections(wrong, published, basemap)
    for family in (layout.MANUAL_MASK, layout.OUTPUT_MASK):
        for path in published.found(family).values():
            attempt(wrong, partial(mask_window_of, path, basemap))


def _check_connections(wrong: list[str], published: PublishedFolder, basemap: BasemapGrid) -> None:
    tile_ids: dict[int, NDArray[np.int64]] = {}
    for crater_id in {int(key[-1]) for key in published.found(layout.CONNECTIONS)}:
        # Without mapping tiles they cannot be used, and say nothing.
        if published.file(layout.MAPPING_SQUARES, crater=crater_id) is not None:
            read = partial(read_mapping_squares, published, crater_id, basemap=basemap)
            squares = attempt(wrong, read)
            if squares is not None:
                tile_ids[crater_id] = squares["tile_id"].to_numpy(np.int64)
    for (*_, crater), path in published.found(layout.CONNECTIONS).items():
        if crater in tile_ids:
            known = tile_ids[int(crater)]
            attempt(wrong, partial(read_connected, path, int(crater), tile_ids=known))
