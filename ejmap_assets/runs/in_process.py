"""A run in this very process: what it makes, and who makes it, recorded on the instance."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from ejmap_assets.run_process import process_tags
from ejmap_assets.runs.pool_turn import turn
from ejmap_assets.runs.quiet import quiet_output

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
SILENT_LOG = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One run to be made.

    Attributes:
        assets: Assets it makes.
        first: First partition; None for unpartitioned assets.
        last: Last partition of the range.
        config: Configuration of the run.
    """

    assets: tuple[str, ...]
    first: str | None = None
    last: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])


def execute(
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    work: Work,
    *,
    tell: Callable[[str], None],
) -> dg.ExecuteInProcessResult:
    """Make a run here and now, once there is a place for it.

    Args:
        instance: The instance that records it.
        job: A job that makes the assets.
        work: What is made.
        tell: Is told for whom we wait, if we do.

    Raises:
        KeyboardInterrupt: If somebody ends the waiting.
    """
    run_id = str(uuid.uuid4())
    keys = [dg.AssetKey(name) for name in work.assets]
    is_range = work.first is not None and work.first != work.last
    span = {RANGE_START: work.first or "", RANGE_END: work.last or ""} if is_range else {}
    with (
        turn(instance, job.get_subset(asset_selection=set(keys)), run_id, tell=tell),
        quiet_output(),
    ):
        return job.execute_in_process(
            instance=instance,
            asset_selection=keys,
            partition_key=None if is_range else work.first,
            tags={**process_tags(run_id), **span},
            run_config={**SILENT_LOG, **work.config},
            raise_on_error=False,
            run_id=run_id,
        )
