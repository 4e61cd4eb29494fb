"""Checks of the map; an incomplete map warns."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import rasterio
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from numpy.typing import NDArray

from ejmap_assets.checks.finding import Finding, bad, good, warning
from ejmap_assets.checks.project_check import CheckedProject, project_check
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import book_of
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import NODATA, SEVERAL
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.rasters.raster_check import read_glance
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.analysis.map_quantities import PatternsTable
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.vetting.vetting_choice import held_back

UNWANTED = (CraterState.MISSING, CraterState.STALE, CraterState.FAILED)
NAMED_CRATERS = 20
STRIP_ROWS = 512


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
    paths = checked.project.paths
    grid = basemap_grid_of(paths.basemap_mosaic, body=checked.project.settings.planet)
    for path, dtype, bands in (
        (paths.label_map, "uint16", 1),
        (paths.overlap_count, "uint16", 1),
        (paths.composite, "uint8", 4),
    ):
        read_glance(path, grid, dtype=dtype, bands=bands, max_side_px=STRIP_ROWS)
    known = [crater.crater_id for crater in checked.project.craters().values()]
    strange: set[int] = set()
    conflicts = covered = 0
    for labels, overlaps in _strips((paths.label_map, paths.overlap_count), grid):
        code = np.where(overlaps == 0, NODATA, np.where(overlaps > 1, SEVERAL, 0))
        is_one = overlaps == 1
        conflicts += int(np.count_nonzero((labels != code) & ~is_one))
        covered += int(np.count_nonzero(overlaps))
        strange |= set(np.unique(labels[is_one]).tolist()) - set(known)
    numbers = {
        "width_px": grid.width_px,
        "covered_share_of_pixels": covered / (grid.shape[0] * grid.shape[1]),
        "pixels_that_disagree": conflicts,
    }
    if strange or conflicts:
        return bad(
            f"{conflicts} px of the label map disagree with the count of overlaps, and "
            f"{len(strange)} id(s) are in no catalogue ({sorted(strange)[:5]}); materialise "
            "global_map again",
            **numbers,
        )
    return good(f"{grid.shape[0]} x {grid.width_px} px, labels and overlaps agree", **numbers)


@project_check(asset="crater_patterns", blocking=False)
def patterns_cover_the_map(checked: CheckedProject) -> Finding:
    """Every crater of the map has a row that fits the schema of the table."""
    paths = checked.project.paths
    table = PatternsTable.validate(pd.read_parquet(paths.patterns))
    mapped = {
        crater.crater_id
        for key, crater in checked.project.craters().items()
        if paths.basemap_mask(key).is_file() and key not in held_back(checked.project)
    }
    missing = sorted(mapped - {*table["crater_id"].tolist()})
    numbers = {"craters": len(table), "clean_craters": int(table["is_clean"].sum())}
    if missing:
        return warning(
            f"{len(missing)} mapped crater(s) have no pattern ({missing[:5]}); materialise "
            "crater_pattern of them, then crater_patterns",
            **numbers,
        )
    return good(f"patterns of {len(table)} craters", **numbers)


def _strips(
    paths: tuple[Path, Path], grid: BasemapGrid
) -> Iterator[tuple[NDArray[np.uint16], NDArray[np.uint16]]]:
    """Yield both rasters in strips of rows: whole rasters of the published size fill a gigabyte."""
    with opened(paths[0]) as labels, opened(paths[1]) as overlaps:
        for top in range(0, grid.shape[0], STRIP_ROWS):
            yield _strip(labels, top), _strip(overlaps, top)


def _strip(raster: rasterio.DatasetReader, top: int) -> NDArray[np.uint16]:
    height = min(STRIP_ROWS, raster.height - top)
    return raster.read(1, window=((top, top + height), (0, raster.width)))
