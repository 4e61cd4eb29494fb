"""Nothing is made from what a blocking check rejected, in this run or in a later one.

Dagster itself holds back only what would be made in the run in which a check fails.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

import dagster as dg
from dagster._core.event_api import PartitionKeyFilter

from ejmap_project.errors import StepError

# Asset and partition; None where there are no partitions.
Place = tuple[str, str | None]


def refuse_rejected(instance: dg.DagsterInstance, inputs: Iterable[Place]) -> None:
    """Check that no input is known to be wrong.

    Args:
        instance: The project's instance.
        inputs: What something is to be made from. Artefacts of craters need not be among them: a
            rejected one was never recorded.

    Raises:
        StepError: If the last evaluation of a blocking check of an input failed.
    """
    reasons = rejections(instance, inputs)
    if reasons:
        raise StepError("; ".join(reasons))


def rejections(instance: dg.DagsterInstance, inputs: Iterable[Place]) -> list[str]:
    """Return a sentence for each blocking check of an input that failed when it last ran."""
    by_partition: dict[str | None, list[dg.AssetCheckKey]] = defaultdict(list)
    for asset, partition in inputs:
        by_partition[partition] += _check_keys().get(asset, [])
    storage = instance.event_log_storage
    evaluations: list[object] = [
        record.evaluation
        for partition, keys in by_partition.items()
        for record in storage.get_latest_asset_check_execution_by_key(
            keys, partition_filter=PartitionKeyFilter(key=partition)
        ).values()
    ]
    # Of a check that was planned and never ran, the record holds the plan.
    ran = [one for one in evaluations if isinstance(one, dg.AssetCheckEvaluation)]
    return [_sentence(one) for one in ran if _stops(one)]


@cache
def _check_keys() -> Mapping[str, list[dg.AssetCheckKey]]:
    from ejmap_assets.checks import build_checks

    keys: dict[str, list[dg.AssetCheckKey]] = defaultdict(list)
    for key in (key for check in build_checks() for key in check.check_keys):
        keys[key.asset_key.to_user_string()].append(key)
    return keys


def _stops(evaluation: dg.AssetCheckEvaluation) -> bool:
    is_error = evaluation.severity is dg.AssetCheckSeverity.ERROR
    return bool(evaluation.blocking) and is_error and not evaluation.passed


def _sentence(evaluation: dg.AssetCheckEvaluation) -> str:
    asset = evaluation.asset_key.to_user_string()
    of = asset if evaluation.partition is None else f"{asset} of {evaluation.partition}"
    return (
        f"{of} must not be used: its check {evaluation.check_name} failed "
        f"({evaluation.description}); mend the cause and materialise {asset} again"
    )
