"""Checks of the map: it may be incomplete, but it must say so."""

from collections import Counter

import dagster as dg

from ejmap_assets.crater_state import CraterState, crater_states
from ejmap_assets.recipes import book_of
from ejmap_assets.resources import ProjectResource


@dg.asset_check(
    asset="global_map",
    description="Every crater of the catalogue is on the map, made from the data and models that "
    "hold now. Craters that are missing or stale are named.",
)
def map_holds_every_crater(
    context: dg.AssetCheckExecutionContext, project: ProjectResource
) -> dg.AssetCheckResult:
    """Warn of craters that are missing from the map or drawn from older data."""
    states = crater_states(book_of(project.open(), context.instance))
    counts = Counter(states.values())
    named = {
        state.value: dg.MetadataValue.json([key for key, found in states.items() if found is state])
        for state in (CraterState.MISSING, CraterState.STALE, CraterState.FAILED)
    }
    return dg.AssetCheckResult(
        passed=counts[CraterState.CURRENT] == len(states),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"craters": len(states), "current": counts[CraterState.CURRENT], **named},
    )
