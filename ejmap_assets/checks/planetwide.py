"""Checks of what is measured of the map as a whole."""

from ejmap_assets.checks.finding import Finding, finding_of
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_project.corrections.tiles_to_label import check_tiles
from ejmap_project.planetwide.checks import (
    check_ages,
    check_counting_areas,
    check_order,
    check_overlaps,
    check_statistics,
    check_summaries,
)
from ejmap_project.planetwide.qgis_project import check_qgis_project
from ejmap_project.planetwide.uncertainty import check_uncertainty


@project_check(asset="overlaps", blocking=False)
def overlaps_are_those_of_the_map(checked: CheckedProject) -> Finding:
    """Claimants stand exactly where the map counts several craters, and are craters of a pair."""
    return finding_of(check_overlaps(checked.project), "claimants fit the map")


@project_check(asset="uncertainty", blocking=False)
def uncertainty_fits_the_map(checked: CheckedProject) -> Finding:
    """Both bands are per cent, and follow from each other where the map shows ejecta or none."""
    return finding_of(check_uncertainty(checked.project), "uncertainty fits the map")


@project_check(asset="superposition", blocking=False)
def order_has_no_cycles(checked: CheckedProject) -> Finding:
    """Every pair of overlapping craters has a row, and no crater is younger than itself."""
    return finding_of(check_order(checked.project), "an order without cycles")


@project_check(asset="planet_statistics", blocking=False)
def statistics_fill_the_planet(checked: CheckedProject) -> Finding:
    """Zones and sectors have the area of the planet, and hold the same ejecta and craters."""
    return finding_of(check_statistics(checked.project), "zones and sectors agree")


@project_check(asset="exclusion_mask", blocking=False)
def counting_areas_lie_outside_ejecta(checked: CheckedProject) -> Finding:
    """Areas to count in have valid geometry, and are the ground that the mask leaves."""
    return finding_of(check_counting_areas(checked.project), "areas are what the mask leaves")


@project_check(asset="qgis_project", blocking=False)
def files_of_the_qgis_project_are_there(checked: CheckedProject) -> Finding:
    """The file of each layer lies where the project for QGIS looks for it."""
    return finding_of(check_qgis_project(checked.project), "all layers have their file")


@project_check(asset="raster_summaries", blocking=False)
def summaries_are_sound(checked: CheckedProject) -> Finding:
    """Differences are those of the means on ejecta and beside them, inside their intervals."""
    return finding_of(check_summaries(checked.project), "{rows} rows")


@project_check(asset="model_ages", blocking=False)
def ages_lie_in_their_intervals(checked: CheckedProject) -> Finding:
    """Every age lies in its interval, and the ground outside of ejecta is one of the areas."""
    return finding_of(check_ages(checked.project), "{areas} areas")


@project_check(asset="tiles_to_label", blocking=False)
def tiles_are_ranked_by_their_gain(checked: CheckedProject) -> Finding:
    """Tiles are of craters of the catalogue, and none gains more than the one before."""
    return finding_of(check_tiles(checked.project), "{tiles} tiles")
