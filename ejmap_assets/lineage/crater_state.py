"""The state of each crater: current, stale, failed, missing or held back."""

from collections.abc import Collection

import dagster as dg

from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.selection import mask_asset, steps_to_mask
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.vetting.vetting_choice import held_back

FAILED_RUNS = frozenset({dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED})


def crater_states(book: RecipeBook) -> dict[str, CraterState]:
    """Return the state of every crater of the catalogue by partition key.

    A crater is stale if the recipe of any step from the mosaic to its mask changed, for example
    because another model was promoted. A crater that is not current and whose last run failed is
    failed, with or without an older mask. A crater that vetting holds back is held back, with or
    without a mask.
    """
    snapshot = book.snapshot()
    steps = steps_to_mask(book.project)
    current = {key for key in book.craters if all(snapshot.is_current(name, key) for name in steps)}
    return states_of(snapshot, current)


def states_of(book: RecipeBook, current: Collection[str]) -> dict[str, CraterState]:
    """Return the state of every crater of the catalogue, where it is known which are up to date.

    Args:
        book: A snapshot of the current recipes.
        current: Keys of the craters that are current in every step up to the mask.
    """
    failed = _last_run_failed(book.instance, steps_to_mask(book.project))
    held = held_back(book.project)

    def state(key: str) -> CraterState:
        if key in held:
            return CraterState.HELD_BACK
        if key in current:
            return CraterState.CURRENT
        if key in failed:
            return CraterState.FAILED
        mask = mask_asset()
        has_mask = book.last(mask, key) is not None and book.is_there(mask, key)
        return CraterState.STALE if has_mask else CraterState.MISSING

    return {key: state(key) for key in sorted(book.craters)}


def _last_run_failed(instance: dg.DagsterInstance, steps: tuple[str, ...]) -> frozenset[str]:
    """Return the craters with a step whose last run failed before it materialised the step."""
    storage = instance.event_log_storage
    planned = [
        (key, run_id)
        for name in steps
        for key, (run_id, _) in (
            storage.get_latest_asset_partition_materialization_attempts_without_materializations(
                dg.AssetKey(name)
            ).items()
        )
    ]
    runs = {run_id: instance.get_run_by_id(run_id) for run_id in {run_id for _, run_id in planned}}
    failed = {run_id for run_id, run in runs.items() if run and run.status in FAILED_RUNS}
    return frozenset(key for key, run_id in planned if run_id in failed)
