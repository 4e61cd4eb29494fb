"""Checks of the map; an incomplete map warns."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from ejmap_assets.checks.finding import Finding, bad, finding_of, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import book_of
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_project.analysis.pattern_check import check_patterns
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.global_map.map_check import map_agreement
from ejmap_project.manual_maps.comparison_check import check_comparison
from ejmap_project.map_page.page_check import check_page
from ejmap_project.mapping.crater_state import CraterState

UNWANTED = (CraterState.MISSING, CraterState.STALE, CraterState.FAILED)
NAMED_CRATERS = 20


@project_check(asset="global_map", blocking=False)
def map_holds_every_crater(checked: CheckedProject) -> Finding:
    """Every crater of the catalogue is on the map and up to date.

    The check names missing, stale and failed craters; `repair` maps them. It also names doubtful
    craters that are held back, but does not warn of them. A mask that cannot be read counts as
    failed; `repair` maps its crater only after the file was deleted.
    """
    states = crater_states(book_of(checked.project, checked.instance))
    damaged = _damaged(checked)
    states |= dict.fromkeys(damaged, CraterState.FAILED)
    counts = Counter(states.values())
    named = {state: [key for key, found in states.items() if found is state] for state in UNWANTED}
    held = [key for key, found in states.items() if found is CraterState.HELD_BACK]
    numbers = {
        "craters": len(states),
        "current": counts[CraterState.CURRENT],
        **{state.value: dg.MetadataValue.json(keys) for state, keys in named.items()},
        "held_back": dg.MetadataValue.json(held),
    }
    aside = f"; {_listed(CraterState.HELD_BACK, held)}" if held else ""
    wanted = len(states) - len(held)
    if counts[CraterState.CURRENT] == wanted:
        return good(f"all {wanted} craters are on the map and up to date{aside}", **numbers)
    lacking = "; ".join(_listed(state, keys) for state, keys in named.items() if keys)
    first = f"Delete the damaged masks of {', '.join(damaged[:NAMED_CRATERS])}, then run"
    return warning(
        f"{numbers['current']} of {wanted} craters are up to date; {lacking}{aside}. "
        f"{first if damaged else 'Run'} repair",
        **numbers,
    )


def warn_of_failed_craters(instance: dg.DagsterInstance, failed: Sequence[str]) -> None:
    """Make the check of an existing map warn of craters that failed since the map was drawn.

    If all craters of a run fail, no mask changes, so nothing else redraws the map or checks it.
    """
    drawn = instance.fetch_materializations(dg.AssetKey("global_map"), limit=1).records
    if not drawn:
        return
    listed = _listed(CraterState.FAILED, sorted(failed))
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("global_map"),
        check_name="map_holds_every_crater",
        passed=False,
        metadata={"failed": dg.MetadataValue.json(sorted(failed))},
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{listed} since the map was drawn. Fix the cause, then run repair",
        target_materialization_data=AssetCheckEvaluationTargetMaterializationData(
            storage_id=drawn[0].storage_id, run_id=drawn[0].run_id, timestamp=drawn[0].timestamp
        ),
    )
    instance.report_runless_asset_event(evaluation)


def _damaged(checked: CheckedProject) -> list[str]:
    """Return the craters whose mask exists but cannot be read."""
    paths, craters = checked.project.paths, checked.project.craters()
    grid = basemap_grid_of(paths.basemap_mosaic, body=checked.project.settings.planet)
    unreadable = MaskFolder.of(craters, paths.basemap_mask, grid).readable().unreadable
    return sorted(key for key, crater in craters.items() if crater.crater_id in unreadable)


def _listed(state: CraterState, keys: Sequence[str]) -> str:
    more = ", ..." if len(keys) > NAMED_CRATERS else ""
    return f"{len(keys)} {state.value} ({', '.join(keys[:NAMED_CRATERS])}{more})"


@project_check(asset="global_map", blocking=False)
def map_covers_the_planet(checked: CheckedProject) -> Finding:
    """The rasters of the map cover the mosaic pixel by pixel and agree with each other.

    Each label is an id of the catalogue, or the code for several or no craters, as the count of
    overlaps requires.
    """
    found = map_agreement(checked.project)
    (rows, cols), strange = found.grid.shape, found.strange_ids
    numbers = {
        "width_px": cols,
        "covered_share_of_pixels": found.covered_share,
        "pixels_that_disagree": found.conflicts_px,
    }
    if strange or found.conflicts_px:
        return bad(
            f"{found.conflicts_px} px of the label map disagree with the count of overlaps, and "
            f"{len(strange)} id(s) are in no catalogue ({strange[:5]}); materialise global_map "
            "again",
            **numbers,
        )
    return good(f"{rows} x {cols} px, labels and overlaps agree", **numbers)


@project_check(asset="crater_patterns", blocking=False)
def patterns_cover_the_map(checked: CheckedProject) -> Finding:
    """Every crater of the map has a row that fits the schema of the table."""
    return finding_of(check_patterns(checked.project), "all mapped craters", if_wrong=warning)


@project_check(asset="manual_comparison", blocking=False)
def quarters_add_up(checked: CheckedProject) -> Finding:
    """The four quarters of each crater hold the pixels of its whole mask."""
    return finding_of(check_comparison(checked.project), "quarters and whole agree")


@project_check(asset="map_page", blocking=False)
def page_is_whole(checked: CheckedProject) -> Finding:
    """Every file that the map page loads is there, and the program is that of this version."""
    return finding_of(check_page(checked.project), "every file of the page is there")
