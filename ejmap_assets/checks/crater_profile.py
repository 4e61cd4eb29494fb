"""Checks of a crater's profile."""

from ejmap_assets.checks.crater_check import CheckedCrater, crater_check
from ejmap_assets.checks.finding import Finding, bad, good
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.analysis.crater_profile import read_profile

# Pixels that were not imaged and rings cut through pixels make the profile's area the smaller one.
ROUNDING = 1e-6


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
