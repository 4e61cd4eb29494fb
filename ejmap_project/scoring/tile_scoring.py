"""Right and wrong pixels in labelled tiles: counted tile by tile, and pooled into scores."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, astuple
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.scores.agreement import Confusion, confusion
from ejmap_geo.scores.tile_agreement import (
    FULL_SCALE_PX,
    CraterMasks,
    TileAgreement,
    agreement_in_tiles,
)
from ejmap_geo.tiles.labels import windows_of
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
# All labelled tiles that are used, and those that test the split that is used.
TVT, TEST = "tvt", "test"
PIXEL, TILE = "pixel", "tile"
# Tiles that EJCONN connected, whatever was mapped in them.
EJCONN = "ejconn"
PLACE = ["crater_id", "scope", "level", "kind", "scale_px"]
MAP_SCORE_COLUMNS = [*PLACE, "tiles", *COUNTS, *SCORES]


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
    masks = CraterMasks(
        actual=_mask(paths.manual_mask(crater.key), basemap),
        found=_mask(paths.basemap_mask(crater.key), basemap),
        connected=_connected(crater, paths, basemap),
    )
    found = agreement_in_tiles(windows_of(tiles), masks, basemap=basemap, scales_px=SCALES_PX)
    table = pd.DataFrame([_row(one) for one in found]).assign(
        crater_id=crater.crater_id, has_connections=paths.connections(crater.key).is_file()
    )
    return table.reindex(columns=tile_score_columns())


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


def map_score_table(tiles: pd.DataFrame) -> pd.DataFrame:
    """Pool the counts of tiles, over all craters and crater by crater.

    Args:
        tiles: What the asset ``tile_scores`` holds; tiles that are not usable are left out.

    Returns:
        One row for each scope (``tvt`` or ``test``), level (``pixel`` or ``tile``), kind (``map``,
        ``ceiling``, and at tile level ``ejconn``) and scale, first with all craters pooled
        (``crater_id`` missing), then for each crater. Where no crater has connections there is no
        ceiling. A score of nothing is NaN.
    """
    usable = tiles[tiles["is_usable"]]
    has_connections = bool(usable["has_connections"].any())
    rows = [
        {"crater_id": crater_id, "scope": scope, **row}
        for scope, part in ((TVT, usable), (TEST, usable[usable["is_test"]]))
        for crater_id, group in [(pd.NA, part), *part.groupby("crater_id")]
        for row in _rows(group, has_connections=has_connections)
    ]
    table = pd.DataFrame(rows, columns=pd.Index(MAP_SCORE_COLUMNS))
    # Pooled rows first, whatever the craters are.
    return table.astype({"crater_id": "Int64"}).sort_values(
        "crater_id", kind="stable", na_position="first", ignore_index=True
    )


def score(
    scores: pd.DataFrame,
    name: str,
    *,
    scope: str,
    level: str,
    kind: str = MAP,
    scale_px: int = FULL_SCALE_PX,
) -> float:
    """Return one pooled score; NaN where there is none.

    Args:
        scores: A table of :func:`map_score_table`.
        name: Name of the score.
        scope: Which tiles.
        level: Pixels or tiles.
        kind: Map, ceiling or EJCONN.
        scale_px: Side of the majority filter.
    """
    wanted = pd.Series({"scope": scope, "level": level, "kind": kind, "scale_px": scale_px})
    is_wanted = (scores[wanted.index] == wanted).all(axis="columns")
    found = scores.loc[is_wanted & scores["crater_id"].isna(), name]
    return float(found.iloc[0]) if len(found) else np.nan


def connection_matrix(tiles: pd.DataFrame) -> pd.DataFrame:
    """Lay out whether each tile is connected to each crater.

    Args:
        tiles: What the asset ``tile_scores`` holds; tiles that are not usable stay empty.

    Returns:
        ``tile_id`` and one column a crater id, in rising order: 0 neither, 1 only truly (missed),
        2 only found (invented), 3 both; missing where the tile is not used for the crater.
    """
    usable = tiles[tiles["is_usable"]]
    code = 1 * usable["is_ejecta_true"] + 2 * usable["is_ejecta_found"]
    wide = usable.assign(code=code).pivot_table(
        index="tile_id", columns="crater_id", values="code", aggfunc="max"
    )
    return wide.astype("Int8").rename(columns=str).rename_axis(columns=None).reset_index()


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
        **_scores(full),
    }
    for kind, by_scale in ((MAP, tile.found), (CEILING, tile.ceiling)):
        for scale_px, counts in by_scale.items():
            row.update(zip(count_columns(kind, scale_px), astuple(counts), strict=True))
    return row


def _scores(counts: Confusion) -> dict[str, float]:
    return {name: float(getattr(counts, name)) for name in SCORES}


def _rows(tiles: pd.DataFrame, *, has_connections: bool) -> Iterator[dict[str, object]]:
    is_true = tiles["is_ejecta_true"].to_numpy(np.bool_)
    for kind in (MAP, CEILING) if has_connections else (MAP,):
        for scale_px in SCALES_PX:
            columns = count_columns(kind, scale_px)
            place = {"kind": kind, "scale_px": scale_px, "tiles": len(tiles)}
            yield {**place, "level": PIXEL, **_values(pooled(tiles, columns))}
            yield {**place, "level": TILE, **_values(_tile_counts(tiles[columns]))}
    if has_connections:
        is_found = tiles["is_connected_found"].to_numpy(np.bool_)
        place = {"kind": EJCONN, "scale_px": FULL_SCALE_PX, "tiles": len(tiles)}
        yield {**place, "level": TILE, **_values(confusion(is_found, is_true))}


def _tile_counts(counts: pd.DataFrame) -> Confusion:
    """Count tiles by whether any pixel of them is set."""
    right, invented, missed, _ = counts.to_numpy(np.int64).T
    return confusion(right + invented > 0, right + missed > 0)


def _values(counts: Confusion) -> dict[str, object]:
    return {**asdict(counts), **_scores(counts)}
