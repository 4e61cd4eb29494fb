"""Scores of the map in the labelled tiles: pooled and crater by crater, from counts alone."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ejmap_geo.scores.agreement import Confusion, confusion
from ejmap_geo.scores.tile_agreement import FULL_SCALE_PX
from ejmap_project.scoring.tile_scoring import (
    CEILING,
    COUNTS,
    MAP,
    SCALES_PX,
    SCORES,
    count_columns,
    pooled,
    scores_of,
)

# All labelled tiles that are used, and those that test the split that is used.
TVT, TEST = "tvt", "test"
PIXEL, TILE = "pixel", "tile"
# Tiles that EJCONN connected, whatever was mapped in them.
EJCONN = "ejconn"
PLACE = ["crater_id", "scope", "level", "kind", "scale_px"]
MAP_SCORE_COLUMNS = [*PLACE, "tiles", *COUNTS, *SCORES]

TRUE_CODE, FOUND_CODE = 1, 2


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
    wanted = {"scope": scope, "level": level, "kind": kind, "scale_px": scale_px}
    chosen = scores["crater_id"].isna()
    for column, value in wanted.items():
        chosen &= scores[column] == value
    found = scores.loc[chosen, name]
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
    code = TRUE_CODE * usable["is_ejecta_true"] + FOUND_CODE * usable["is_ejecta_found"]
    wide = usable.assign(code=code).pivot_table(
        index="tile_id", columns="crater_id", values="code", aggfunc="max"
    )
    return wide.astype("Int8").rename(columns=str).rename_axis(columns=None).reset_index()


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
    return {**{name: getattr(counts, name) for name in COUNTS}, **scores_of(counts)}
