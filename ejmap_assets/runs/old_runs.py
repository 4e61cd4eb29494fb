"""Runs that nothing depends on any more, and whether a run is in progress."""

import time
from collections.abc import Iterator

import dagster as dg
from dagster._core.storage.dagster_run import RunRecord

from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.partitions import CRATERS_NAME, Partitioning
from ejmap_assets.runs.lost_runs import UNFINISHED, end_lost_runs
from ejmap_project.errors import StepError

DAY_SECONDS = 86400.0


def ended_runs(instance: dg.DagsterInstance) -> int:
    """Return the number of runs, all of which ended.

    Raises:
        StepError: If one is in progress.
    """
    end_lost_runs(instance)
    running = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED), limit=1)
    if running:
        raise StepError(
            f"run {running[0].run_id[:8]} is in progress, and history and files must stay as they "
            "are meanwhile; repeat this when it has ended"
        )
    return instance.get_runs_count()


def superseded_runs(instance: dg.DagsterInstance, *, older_than_days: float) -> list[RunRecord]:
    """Return the runs that may be deleted: what they made was made again or is of no crater now.

    A run stays if it made the last of any artefact, or was the last that tried and failed: both say
    how the project stands.
    """
    needed = {run_id for asset in instance.get_asset_keys() for run_id in _needed(instance, asset)}
    latest = time.time() - older_than_days * DAY_SECONDS
    return [
        record
        for record in instance.get_run_records(dg.RunsFilter())
        if record.dagster_run.run_id not in needed
        and record.dagster_run.status not in UNFINISHED
        and record.create_timestamp.timestamp() < latest
    ]


def _needed(instance: dg.DagsterInstance, asset: dg.AssetKey) -> Iterator[str]:
    name, storage = asset.to_user_string(), instance.event_log_storage
    row = LINEAGE.get(name)
    craters = None
    if row is not None and row.partitioning is Partitioning.CRATERS:
        craters = {*instance.get_dynamic_partitions(CRATERS_NAME)}
    for partition, record in RecordCache().last(instance, name).items():
        if craters is None or partition in craters:
            yield record.run_id
    attempts = storage.get_latest_asset_partition_materialization_attempts_without_materializations(
        asset
    )
    yield from (run_id for run_id, _ in attempts.values())
