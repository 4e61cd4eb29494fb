"""Whether what was measured of the whole map agrees with the map and with itself."""

from graphlib import CycleError, TopologicalSorter

import geopandas as gpd
import numpy as np

from ejmap_geo.grids.window import Window
from ejmap_geo.maps.label_map import NODATA
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.analysis.map_quantities import RasterSummaryTable
from ejmap_project.artefact import Checked
from ejmap_project.files.table_file import read_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import OUTSIDE
from ejmap_project.planetwide.model_ages import GROUND
from ejmap_project.planetwide.pair_tables import OverlapTable, SuperpositionTable
from ejmap_project.planetwide.planet_tables import ModelAgeTable, PlanetTable

STRIP_ROWS = 512


def check_overlaps(project: OpenProject) -> Checked:
    """Check that claimants stand where the map counts several, and are craters of a pair.

    Raises:
        SchemaError: If the table of pairs does not fit its schema.
    """
    paths = project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
    table = OverlapTable.validate(read_table(paths.overlap_pairs))
    paired = {*table["crater_id"].tolist(), *table["other_id"].tolist()}
    strange: set[int] = set()
    conflicts = contested = 0
    with opened(paths.overlaps) as ranked, opened(paths.overlap_count) as counted:
        for top in range(0, grid.shape[0], STRIP_ROWS):
            rows = ((top, min(top + STRIP_ROWS, grid.shape[0])), (0, grid.shape[1]))
            count, first, second = ranked.read([1, 2, 3], window=rows)
            overlaps = counted.read(1, window=rows)
            conflicts += int(np.count_nonzero(count != np.where(overlaps > 1, overlaps, NODATA)))
            contested += int(np.count_nonzero(overlaps > 1))
            named = np.stack([first, second])[:, overlaps > 1]
            strange |= {*np.unique(named).tolist()} - paired
    numbers: dict[str, int | float] = {
        "contested_px": contested,
        "pairs": len(table),
        "pixels_that_disagree": conflicts,
    }
    if not conflicts and not strange:
        return Checked("", numbers)
    return Checked(
        f"{conflicts} px disagree with the count of overlaps of the map, and {len(strange)} "
        f"claimant(s) are in no pair ({sorted(strange)[:5]}); materialise overlaps again",
        numbers,
    )


def check_order(project: OpenProject) -> Checked:
    """Check that every pair of overlapping craters has a row, and that the order has no cycles.

    Raises:
        SchemaError: If the table does not fit its schema.
    """
    table = SuperpositionTable.validate(read_table(project.paths.superposition))
    pairs = len(read_table(project.paths.overlap_pairs))
    told = table[table["is_answered"]]
    order: TopologicalSorter[int] = TopologicalSorter()
    for young, old in zip(told["younger_id"], told["older_id"], strict=True):
        order.add(young, old)
    numbers: dict[str, int | float] = {"pairs": len(table), "answered": len(told)}
    try:
        order.prepare()
    except CycleError as error:
        fault = f"craters {error.args[1]} are each younger than the next, round and round"
        return Checked(f"{fault}; materialise superposition again", numbers)
    if len(table) != pairs:
        fault = f"the order has {len(table)} rows for {pairs} pairs"
        return Checked(f"{fault}; materialise superposition again", numbers)
    return Checked("", numbers)


def check_statistics(project: OpenProject) -> Checked:
    """Check that zones and sectors have the area of the planet, and the same ejecta and craters.

    Raises:
        SchemaError: If the table does not fit its schema.
    """
    table = PlanetTable.validate(read_table(project.paths.planet_statistics))
    planet_km2 = 4 * np.pi * project.settings.planet.radius_m**2 / 1e6
    names = ["surface_km2", "ejecta_km2", "overlap_km2", "craters"]
    by_lat, by_lon = (
        table.loc[table["by"] == by, names].sum().to_numpy(np.float64)
        for by in ("latitude", "longitude")
    )
    numbers: dict[str, int | float] = {"craters": int(by_lat[3]), "ejecta_km2": float(by_lat[1])}
    if np.allclose(by_lat, by_lon) and np.isclose(by_lat[0], planet_km2):
        return Checked("", numbers)
    fault = "the rows by latitude and by longitude do not hold the same"
    return Checked(f"{fault}; materialise planet_statistics again", numbers)


def check_counting_areas(project: OpenProject) -> Checked:
    """Check that areas to count in are valid, and are the ground that the exclusion mask leaves."""
    paths = project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
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
    if not invalid and np.isclose(counting_km2, free_km2):
        return Checked("", numbers)
    return Checked(
        f"{invalid} area(s) are not valid, and all have {counting_km2:.0f} km2 where the mask "
        f"leaves {free_km2:.0f}; materialise exclusion_mask again",
        numbers,
    )


def check_summaries(project: OpenProject) -> Checked:
    """Check that differences are those of the two means, inside their intervals.

    Raises:
        SchemaError: If the table does not fit its schema.
    """
    table = RasterSummaryTable.validate(read_table(project.paths.raster_summaries))
    difference = table["difference"].to_numpy(np.float64)
    apart = table["ejecta"].to_numpy(np.float64) - table["beside"].to_numpy(np.float64)
    low, high = (table[f"difference_{end}"].to_numpy(np.float64) for end in ("low", "high"))
    wrong = ~np.isclose(difference, apart) | (low > difference) | (high < difference)
    numbers: dict[str, int | float] = {"rows": len(table), "wrong_rows": int(wrong.sum())}
    if not wrong.any():
        return Checked("", numbers)
    fault = f"{int(wrong.sum())} row(s) hold a difference that is not that of their means"
    return Checked(f"{fault}; materialise raster_summaries again", numbers)


def check_ages(project: OpenProject) -> Checked:
    """Check that the ground outside of ejecta is one of the areas, and that intervals hold ages.

    Raises:
        SchemaError: If the table does not fit its schema.
    """
    table = ModelAgeTable.validate(read_table(project.paths.model_ages))
    low, age, high = (table[f"age{end}_ga"].to_numpy() for end in ("_low", "", "_high"))
    wrong = int(((low > age) | (age > high)).sum())
    numbers: dict[str, int | float] = {
        "areas": len(table),
        "craters": int(table["craters"].sum()),
        "dated_areas": int(table["age_ga"].notna().sum()),
    }
    fault = ""
    if wrong:
        fault = f"{wrong} age(s) lie outside of their interval; materialise model_ages again"
    elif (table["area"] == GROUND).sum() != 1:
        fault = "the ground outside of ejecta is no area of the table; materialise model_ages again"
    return Checked(fault, numbers)
