"""Checks of the tiles, the connections, the profile and the pattern of a crater."""

import numpy as np
import pandas as pd

from ejmap_assets.checks.crater_check import CheckedCrater, crater_check
from ejmap_assets.checks.finding import Finding, bad, finding_of, good, warning
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.tiles.tiling import mapping_tiles
from ejmap_project.analysis.crater_pattern import read_pattern
from ejmap_project.analysis.crater_profile import read_profile
from ejmap_project.analysis.pattern_check import check_pattern
from ejmap_project.files.connection_table import read_connections

# Unimaged pixels and rings that cut pixels make the area of the profile the smaller one.
ROUNDING = 1e-6


@crater_check(asset="tile_store")
def tiles_are_complete(checked: CheckedCrater) -> Finding:
    """The store holds every planned tile and, if planned, a polar view of finite values."""
    from ejmap_ml.ejseg.polar_data import GROUP, VIEW
    from ejmap_ml.stores.tile_group import TileStore
    from ejmap_project.mapping.tile_plan import MAPPING

    plan, store = checked.work.tile_plan, TileStore.open(checked.output)
    group = store[MAPPING]
    wanted = _planned_tiles(checked)
    numbers = {"tiles": group.tile_count, "planned_tiles": wanted}
    if group.tile_count != wanted:
        return bad(
            f"the store holds {group.tile_count} tiles, the plan {wanted}; make it again",
            **numbers,
        )
    if plan.polar is None:
        return good(f"{wanted} tiles", **numbers)
    view = store[GROUP].read(VIEW)
    shape = (1, plan.polar.view.rows, plan.polar.view.cols)
    if (view.shape[0], *view.shape[2:]) != shape or not (np.isfinite(view).all() and view.any()):
        return bad(
            f"the polar view is {view.shape}, with {np.count_nonzero(~np.isfinite(view))} missing "
            "values, or it is empty; make it again",
            **numbers,
        )
    return good(f"{wanted} tiles and the polar view", **numbers)


@crater_check(asset="connection_predictions")
def connections_are_sound(checked: CheckedCrater) -> Finding:
    """The table fits its schema, is of this crater and has one row for each tile of the store."""
    from ejmap_ml.stores.tile_group import TileStore
    from ejmap_project.mapping.tile_plan import MAPPING

    table = read_connections(checked.output)
    wanted = TileStore.open(checked.work.paths.tile_store(checked.crater.key))[MAPPING].tile_count
    numbers = {"tiles": len(table), "tiles_in_store": wanted}
    if set(table["crater_id"]) != {checked.crater.crater_id}:
        return bad("the table holds tiles of another crater; make it again", **numbers)
    if len(table) != wanted:
        return bad(
            f"the table holds {len(table)} tiles, the tile store {wanted}; make tile_store and "
            "connection_predictions again",
            **numbers,
        )
    return good(f"one row for each of {wanted} tiles", **numbers)


@crater_check(asset="connection_predictions", blocking=False)
def some_tiles_are_connected(checked: CheckedCrater) -> Finding:
    """Some tiles are connected to the crater and some are not.

    If none or all are connected, look at the crater; the mask may still be right.
    """
    table = pd.read_parquet(checked.output, columns=["is_connected", "probability"])
    connected, tiles = int(table["is_connected"].sum()), len(table)
    numbers = {
        "connected_tiles": connected,
        "tiles": tiles,
        "connected_share": connected / max(tiles, 1),
        "mean_probability": float(table["probability"].mean()),
    }
    if connected == 0:
        return warning(
            "no tile is connected: no ejecta of this crater were found; look at it, the crater may "
            "not be fresh",
            **numbers,
        )
    if connected == tiles and tiles > 1:
        return warning(
            f"all {tiles} tiles are connected: the model does not tell them apart; look at the "
            "crater, or train the model longer",
            **numbers,
        )
    return good(f"{connected} of {tiles} tiles are connected", **numbers)


@crater_check(asset="crater_profile")
def profile_is_sound(checked: CheckedCrater) -> Finding:
    """The table fits its schema, is of this crater, and holds no more ejecta than its mask."""
    table = read_profile(checked.output)
    basemap = checked.work.basemap.grid
    mask = read_mask_on(checked.work.paths.basemap_mask(checked.crater.key), basemap)
    profile_km2, mask_km2 = float(table["ejecta_km2"].sum()), mask.area_m2(basemap) / 1e6
    numbers = {"rings": len(table), "ejecta_km2": profile_km2, "mask_km2": mask_km2}
    if set(table["crater_id"]) != {checked.crater.crater_id}:
        return bad("the table holds rings of another crater; make it again", **numbers)
    if profile_km2 > mask_km2 * (1 + ROUNDING):
        return bad(
            f"the rings hold {profile_km2:.0f} km2 of ejecta, the mask {mask_km2:.0f} km2; make "
            "the profile again",
            **numbers,
        )
    return good(f"{len(table)} rings", **numbers)


@crater_check(asset="crater_pattern")
def pattern_is_sound(checked: CheckedCrater) -> Finding:
    """The tables fit their schemas, are of this crater, and blanket and rays are all its ejecta."""
    pattern = read_pattern(checked.output)
    return finding_of(check_pattern(pattern, checked.crater.crater_id), "{rays} rays")


def _planned_tiles(checked: CheckedCrater) -> int:
    published = checked.work.source.tiles_of(checked.crater, checked.work.basemap.grid)
    if published:
        return len(published)
    grid = checked.work.azimuthal_grid(checked.crater)
    side_px = min(checked.work.settings.mapping.tile_side_px, grid.shape[0])
    return len(mapping_tiles(grid, side_px=side_px, reach_m=checked.crater.reach(grid.body)))
