"""Checks of the mosaic, the catalogue, the manual masks and the training planets."""

import dagster as dg
import numpy as np

from ejmap_assets import partitions
from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_geo.craters.catalogue import craters_of, read_catalogue
from ejmap_geo.craters.schemas import CraterTable
from ejmap_geo.rasters.raster import basemap_grid_of, read_mask_on
from ejmap_ml.config.bands import count_of, words_of
from ejmap_project.basemap import read_project_basemap
from ejmap_project.models.seen_bands import learned_bands, require_readable
from ejmap_project.sources.doubts import colour_doubts, mosaic_doubts, place_finding
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.known_planets import known_planets

IMAGED_SHARE_WANTED = 0.5
# A network sees almost only background on a training planet with less.
EJECTA_SHARE_WANTED = 0.001


@project_check(asset="basemap_mosaic", blocking=True)
def mosaic_is_valid(checked: CheckedProject) -> Finding:
    """The mosaic covers the whole sphere of the planet in 8 bits, in bands that the models read.

    Fails if it is empty, of one grey, black or white. Warns if it is clipped or striped, if two
    bands are the same, or if less than half of the planet was imaged.
    """
    raster, grid = read_project_basemap(checked.project)
    if not source_of(checked.project).has_mosaic():
        return good("there is no mosaic, only its grid: published masks are shown as they are")
    imaged = float(np.mean(raster.any(axis=0)))
    numbers: dict[str, str | int | float] = {
        "bands": raster.shape[0],
        "width_px": grid.width_px,
        "imaged_share": imaged,
    }
    bands = checked.project.settings.mosaic_bands
    if count_of(bands) != raster.shape[0]:
        return bad(
            f"the mosaic has {raster.shape[0]} band(s), not those of bands: {words_of(bands)}; "
            "state in project.yaml what they mean, or provide another mosaic",
            **numbers,
        )
    doubts = mosaic_doubts(raster) + colour_doubts(raster, bands)
    seen = require_readable(checked.project).seen
    numbers |= {"bands_mean": words_of(bands), "models_see": words_of(seen)}
    if imaged < IMAGED_SHARE_WANTED:
        doubts.append(
            f"only {imaged:.1%} of the planet was imaged; craters elsewhere cannot be mapped"
        )
    if doubts:
        return warning("; and ".join(doubts), **numbers)
    return good(f"{grid.width_px} px around the planet, {imaged:.1%} imaged", **numbers)


@project_check(asset="crater_catalogue", blocking=True)
def catalogue_is_valid(checked: CheckedProject) -> Finding:
    """The crater table fits its schema, and its craters are the partitions."""
    paths, planet = checked.project.paths, checked.project.settings.planet
    catalogue = read_catalogue(paths.crater_catalogue, body=planet)
    CraterTable.validate(catalogue)
    keys = {crater.key for crater in craters_of(catalogue)}
    known = set(checked.instance.get_dynamic_partitions(partitions.CRATERS_NAME))
    numbers = {
        "craters": len(keys),
        "without_partition": dg.MetadataValue.json(sorted(keys - known)),
        "not_in_catalogue": dg.MetadataValue.json(sorted(known - keys)),
    }
    if keys != known:
        return bad(
            f"{len(keys ^ known)} crater(s) differ between the catalogue and the partitions; "
            "materialise crater_catalogue again",
            **numbers,
        )
    return good(f"{len(keys)} craters, each with a partition", **numbers)


@project_check(asset="crater_catalogue", blocking=False)
def craters_lie_on_rims(checked: CheckedProject) -> Finding:
    """The mosaic shows rims where the catalogue places craters.

    Warns if edges are much stronger at other longitudes, with east and west or north and south
    exchanged, or at half or twice the radii; if it is dark about the craters; and if the places
    cannot be decided.
    """
    project = checked.project
    raster, grid = read_project_basemap(project)
    bands = project.settings.mosaic_bands
    found = place_finding(raster, grid, project.craters().values(), bands)
    measured = found.measured
    if measured is None:
        return warning(found.undecided)
    numbers = {
        "craters_measured": measured.craters,
        "edge_strength": measured.edges,
        "brightness": measured.brightness,
    }
    if found.doubts or not found.is_in_place:
        return warning("; and ".join(found.doubts or [found.undecided]), **numbers)
    fits = f"edges of {measured.edges:.1f} standard deviations at {measured.craters} craters"
    return good("; ".join([fits, *([found.undecided] if found.undecided else [])]), **numbers)


@project_check(asset="manual_masks", blocking=True)
def masks_lie_on_the_mosaic(checked: CheckedProject) -> Finding:
    """Each mask of known ejecta holds 0 and 1 and lies exactly on the mosaic's pixels.

    Warns if a labelled crater of the catalogue has no mask, or if a mask sets no pixel.
    """
    paths, project = checked.project.paths, checked.project
    grid = basemap_grid_of(paths.basemap_mosaic, body=project.settings.planet)
    craters = project.craters()
    there = {key: paths.manual_mask(key) for key in craters if paths.manual_mask(key).is_file()}
    areas_px = {key: read_mask_on(path, grid).area_px for key, path in there.items()}
    without = sorted(key for key, one in craters.items() if one.labelled and key not in there)
    empty = sorted(key for key, area_px in areas_px.items() if not area_px)
    numbers = {
        "masks": len(there),
        "ejecta_px": sum(areas_px.values()),
        "labelled_without_mask": dg.MetadataValue.json(without),
        "empty_masks": dg.MetadataValue.json(empty),
    }
    if there and (without or empty):
        return warning(
            f"{len(without)} labelled crater(s) have no mask and {len(empty)} mask(s) are empty; "
            "draw them, or remove the labels from the catalogue",
            **numbers,
        )
    if not there:
        return good("no ejecta of this planet are known; nothing to check", **numbers)
    return good(f"{len(there)} masks on the mosaic's pixels", **numbers)


@project_check(asset="training_planets", blocking=True)
def planets_show_ejecta(checked: CheckedProject) -> Finding:
    """Every training planet has the bands of the mosaic and labelled ejecta.

    Warns if ejecta cover less than a thousandth of a planet.
    """
    with_bands: dict[str, int] = {}
    shares: dict[str, float] = {}
    for name, planet in known_planets(checked.project):
        with_bands[name] = planet.raster.shape[0]
        set_px = sum(mask.area_px for mask in planet.truth.values())
        # Pixels of several craters count once for each: a rough measure is enough.
        shares[name] = set_px / (planet.basemap.shape[0] * planet.basemap.shape[1])
    numbers = {"planets": len(shares), "ejecta_share": dg.MetadataValue.json(shares)}
    wanted = count_of(learned_bands(checked.project).seen)
    other = sorted(name for name, bands in with_bands.items() if bands != wanted)
    if other:
        return bad(f"{', '.join(other)} do not have {wanted} band(s); make them again", **numbers)
    barren = sorted(name for name, share in shares.items() if not share)
    if barren:
        return bad(f"{', '.join(barren)} have no ejecta; choose other seeds or masks", **numbers)
    poor = sorted(name for name, share in shares.items() if share < EJECTA_SHARE_WANTED)
    if poor:
        return warning(
            f"{', '.join(poor)} have almost no ejecta; label more craters, or add seeds", **numbers
        )
    return good(f"{len(shares)} planet(s) with ejecta", **numbers)
