"""Failed checks of earlier runs: they block assets downstream and promotions.

Dagster blocks assets only in the run in which a check fails.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

import dagster as dg
from dagster._core.event_api import PartitionKeyFilter

from ejmap_assets.checks.registry import project_checks
from ejmap_assets.lineage.recipes import member_keys
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import inputs_of
from ejmap_assets.partitions import MEMBERS, Partitioning
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind

# Asset and partition key; None for an unpartitioned asset.
Place = tuple[str, str | None]


def refuse_rejected(instance: dg.DagsterInstance, inputs: Iterable[Place]) -> None:
    """Check that no blocking check rejected an input.

    Args:
        instance: The project's instance.
        inputs: Inputs of an artefact. Artefacts of craters are not needed: a rejected one was never
            recorded.

    Raises:
        StepError: If the last evaluation of a blocking check of an input failed.
    """
    reasons = [
        f"{_label(one)} must not be used: its check {one.check_name} failed ({one.description}); "
        f"fix the cause and materialise {one.asset_key.to_user_string()} again"
        for one in _failed(instance, inputs)
        if one.blocking
    ]
    if reasons:
        raise StepError("; ".join(reasons))


def failed_checks(
    project: OpenProject, instance: dg.DagsterInstance, kind: ModelKind, version: ModelVersion
) -> list[str]:
    """Return the names of checks upstream of a version's promotion whose last evaluation failed.

    Members of other versions do not count. Warnings do not count: they ask for a look and do not
    report wrong data.

    Args:
        project: The project.
        instance: Its instance.
        kind: Which of the two models.
        version: The version that may be promoted.
    """
    upstream = _upstream(project, f"promoted_{kind}", version)
    places = [
        (name, partition)
        for name in LINEAGE
        if name in upstream
        for partition in _partitions(project, name, version)
    ]
    return sorted(f"{_label(one)}: {one.check_name}" for one in _failed(instance, places))


def _failed(instance: dg.DagsterInstance, places: Iterable[Place]) -> list[dg.AssetCheckEvaluation]:
    """Return the last evaluations that failed with an error."""
    keys: dict[str | None, list[dg.AssetCheckKey]] = defaultdict(list)
    for asset, partition in places:
        keys[partition] += _check_keys().get(asset, [])
    storage = instance.event_log_storage
    found: list[object] = [
        record.evaluation
        for partition, of_partition in keys.items()
        for record in storage.get_latest_asset_check_execution_by_key(
            of_partition, partition_filter=PartitionKeyFilter(key=partition)
        ).values()
    ]
    # The record of a check that never ran holds its plan, not an evaluation.
    ran = [one for one in found if isinstance(one, dg.AssetCheckEvaluation)]
    error = dg.AssetCheckSeverity.ERROR
    return [one for one in ran if not one.passed and one.severity is error]


@cache
def _check_keys() -> Mapping[str, list[dg.AssetCheckKey]]:
    keys: dict[str, list[dg.AssetCheckKey]] = defaultdict(list)
    for key in (key for check in project_checks() for key in check.check_keys):
        keys[key.asset_key.to_user_string()].append(key)
    return keys


def _partitions(project: OpenProject, asset: str, version: ModelVersion) -> list[str] | list[None]:
    partitioning = LINEAGE[asset].partitioning
    if partitioning is Partitioning.NONE:
        return [None]
    if partitioning in MEMBERS:
        return member_keys(project, partitioning.model_kind, version)
    return [version.key]


def _upstream(project: OpenProject, asset: str, version: ModelVersion) -> set[str]:
    """Return what an asset is made from for a version: ready-made members from nothing."""
    parents = {
        name
        for partition in _partitions(project, asset, version)
        for name in inputs_of(project, asset, partition or "")
    }
    return parents.union(*(_upstream(project, one, version) for one in parents))


def _label(evaluation: dg.AssetCheckEvaluation) -> str:
    asset = evaluation.asset_key.to_user_string()
    return asset if evaluation.partition is None else f"{asset} of {evaluation.partition}"
