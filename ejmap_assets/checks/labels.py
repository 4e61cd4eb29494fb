"""Checks of labelled tiles and of their splits."""

import geopandas as gpd
import numpy as np
import pandas as pd

from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_geo.craters.schemas import LabelledTileTable, SplitIndex, SplitTable
from ejmap_ml.sampling.splits import TESTS, TRAINS
from ejmap_project.training.split_choice import TILE_KEY, split_column


@project_check(asset="labelled_tiles", blocking=True)
def tiles_are_valid(checked: CheckedProject) -> Finding:
    """The table fits its schema, and no tile holds more ejecta than pixels.

    Warns if all usable tiles hold ejecta of their crater or none does: a model learns nothing from
    them.
    """
    table = gpd.read_parquet(checked.project.paths.labelled_tiles)
    LabelledTileTable.validate(table)
    used = table[table["split_class"] >= 0]
    connected = int((used["ejecta_px"] > 0).sum())
    numbers = {"tiles": len(table), "used_tiles": len(used), "with_ejecta": connected}
    square_px = table["side_px"] ** 2
    rectangle_px = table["basemap_height_px"] * table["basemap_width_px"]
    area_px = square_px.where(square_px > 0, rectangle_px)
    overfull = int((table["ejecta_px"] > area_px).sum())
    if overfull:
        return bad(
            f"{overfull} tile(s) hold more ejecta than pixels; the table was changed by hand or is "
            "of another mosaic, make it again",
            **numbers,
        )
    if not len(table):
        return good("no ejecta are known in tiles of this project; nothing to check", **numbers)
    if connected in {0, len(used)}:
        return warning(
            f"{connected} of {len(used)} tiles hold ejecta of their crater, so a model learns "
            "nothing; label other places too",
            **numbers,
        )
    return good(f"{connected} of {len(used)} tiles hold ejecta of their crater", **numbers)


@project_check(asset="split_table", blocking=True)
def splits_match_the_tiles(checked: CheckedProject) -> Finding:
    """The splits fit their schema, cover the current labelled tiles, and match their index.

    Warns if the used split has no training tiles or no test tiles.
    """
    paths = checked.project.paths
    labelled = pd.read_parquet(paths.labelled_tiles, columns=TILE_KEY)
    splits = SplitTable.validate(pd.read_parquet(paths.splits))
    index = SplitIndex.validate(pd.read_parquet(paths.split_index))
    numbers = {"splits": len(index), "tiles": len(splits)}
    ours, theirs = (one.sort_values(TILE_KEY, ignore_index=True) for one in (splits, labelled))
    if not ours[TILE_KEY].astype(str).equals(theirs[TILE_KEY].astype(str)):
        return bad(
            f"the splits cover {len(splits)} tiles, but there are {len(labelled)} labelled tiles "
            "or others; materialise split_table again",
            **numbers,
        )
    wrong = [int(row["split"]) for _, row in index.iterrows() if not _adds_up(splits, row)]
    if wrong:
        return bad(
            f"split(s) {wrong[:10]} have other numbers of tiles than their index says; make the "
            "table again",
            **numbers,
        )
    used = checked.project.settings.splits.used
    sides = index[index["split"] == used][["train_tiles", "test_tiles"]].to_numpy(np.int64)
    if used is not None and not (sides.size and sides.all()):
        return warning(
            f"split {used}, which is in use, is missing, trains on nothing or tests on nothing; "
            "set splits.used to another one",
            **numbers,
        )
    return good(f"{len(index)} split(s) of {len(splits)} tiles", **numbers)


def _adds_up(splits: pd.DataFrame, row: pd.Series) -> bool:
    column = split_column(int(row["split"]))
    if column not in splits:
        return False
    counts = [int((splits[column] == side).sum()) for side in (TRAINS, TESTS)]
    return counts == [int(row["train_tiles"]), int(row["test_tiles"])]
