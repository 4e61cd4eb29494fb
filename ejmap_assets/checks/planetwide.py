"""Checks of what is measured of the map as a whole."""

from graphlib import CycleError, TopologicalSorter

import geopandas as gpd
import numpy as np
import pandas as pd

from ejmap_assets.checks.finding import Finding, bad, good
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.label_map import NODATA
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.analysis.exclusion import OUTSIDE
from ejmap_project.analysis.overlap_table import OverlapTable
from ejmap_project.analysis.planet_tables import PlanetTable
from ejmap_project.analysis.superposition_table import SuperpositionTable

STRIP_ROWS = 512


@project_check(asset="overlaps", blocking=False)
def overlaps_are_those_of_the_map(checked: CheckedProject) -> Finding:
    """Claimants stand exactly where the map counts several craters, and are craters of a pair."""
    paths = checked.project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=checked.project.settings.planet)
    table = OverlapTable.validate(pd.read_parquet(paths.overlap_pairs))
    paired = {*table["crater_id"].tolist(), *table["other_id"].tolist()}
    strange: set[int] = set()
    conflicts = contested = 0
    with opened(paths.overlaps) as ranked, opened(paths.overlap_count) as counted:
        for top in range(0, grid.shape[0], STRIP_ROWS):
            rows = ((top, min(top + STRIP_ROWS, grid.shape[0])), (0, grid.shape[1]))
            count, first, second = ranked.read([1, 2, 3], window=rows)
            overlaps = counted.read(1, window=rows)
            expected = np.where(overlaps > 1, overlaps, NODATA)
            conflicts += int(np.count_nonzero(count != expected))
            contested += int(np.count_nonzero(overlaps > 1))
            named = np.stack([first, second])[:, overlaps > 1]
            strange |= {*np.unique(named).tolist()} - paired
    numbers = {"contested_px": contested, "pairs": len(table), "pixels_that_disagree": conflicts}
    if conflicts or strange:
        return bad(
            f"{conflicts} px disagree with the count of overlaps of the map, and {len(strange)} "
            f"claimant(s) are in no pair ({sorted(strange)[:5]}); materialise overlaps again",
            **numbers,
        )
    return good(f"{contested} contested px of {len(table)} pairs", **numbers)


@project_check(asset="planet_statistics", blocking=False)
def statistics_fill_the_planet(checked: CheckedProject) -> Finding:
    """Zones and sectors have the area of the planet, and hold the same ejecta and craters."""
    table = PlanetTable.validate(pd.read_parquet(checked.project.paths.planet_statistics))
    planet_km2 = 4 * np.pi * checked.project.settings.planet.radius_m**2 / 1e6
    names = ["surface_km2", "ejecta_km2", "overlap_km2", "craters"]
    by_lat, by_lon = (
        table.loc[table["by"] == by, names].sum().to_numpy(np.float64)
        for by in ("latitude", "longitude")
    )
    numbers = {"craters": int(by_lat[3]), "ejecta_km2": float(by_lat[1])}
    if not (np.allclose(by_lat, by_lon) and np.isclose(by_lat[0], planet_km2)):
        return bad(
            "the rows by latitude and by longitude do not hold the same; materialise "
            "planet_statistics again",
            **numbers,
        )
    return good(f"{int(by_lat[3])} craters, {by_lat[1]:.0f} km2 of ejecta", **numbers)


@project_check(asset="exclusion_mask", blocking=False)
def counting_areas_lie_outside_ejecta(checked: CheckedProject) -> Finding:
    """Areas to count in have valid geometry, and the area of the ground that the mask leaves."""
    paths = checked.project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=checked.project.settings.planet)
    outside = gpd.read_file(paths.counting_areas, layer=OUTSIDE)
    free_km2 = 0.0
    with opened(paths.exclusion_mask) as mask:
        for top in range(0, grid.shape[0], STRIP_ROWS):
            bottom = min(top + STRIP_ROWS, grid.shape[0])
            rows = Window(row=top, col=0, height=bottom - top, width=grid.shape[1])
            left = mask.read(1, window=((top, bottom), (0, grid.shape[1]))) == 0
            free_km2 += float(left.sum(1) @ pixel_area_m2(grid, rows)) / 1e6
    invalid = int((~outside.is_valid).sum())
    counting_km2 = float(outside["area_km2"].sum())
    numbers = {"areas": len(outside), "counting_km2": counting_km2, "free_km2": free_km2}
    if invalid or not np.isclose(counting_km2, free_km2):
        return bad(
            f"{invalid} area(s) are not valid, and all have {counting_km2:.0f} km2 where the mask "
            f"leaves {free_km2:.0f}; materialise exclusion_mask again",
            **numbers,
        )
    return good(f"{len(outside)} areas of {counting_km2:.0f} km2", **numbers)


@project_check(asset="superposition", blocking=False)
def order_has_no_cycles(checked: CheckedProject) -> Finding:
    """Every pair of overlapping craters has a row, and no crater is younger than itself."""
    paths = checked.project.paths
    table = SuperpositionTable.validate(pd.read_parquet(paths.superposition))
    pairs = len(pd.read_parquet(paths.overlap_pairs))
    told = table[table["is_answered"]]
    order: TopologicalSorter[int] = TopologicalSorter()
    for young, old in zip(told["younger_id"], told["older_id"], strict=True):
        order.add(young, old)
    numbers = {"pairs": len(table), "answered": len(told)}
    try:
        order.prepare()
    except CycleError as error:
        return bad(f"craters {error.args[1]} are a cycle; materialise superposition", **numbers)
    if len(table) != pairs:
        return bad(
            f"{len(table)} rows for {pairs} pairs; materialise superposition again", **numbers
        )
    return good(f"{len(told)} of {len(table)} pairs have an order", **numbers)
