"""Checks that failed on what a model was made from."""

from collections import defaultdict
from collections.abc import Mapping

import dagster as dg
from dagster._core.event_api import PartitionKeyFilter

from ejmap_assets.lineage.lineage import LINEAGE, Partitioning
from ejmap_assets.lineage.recipes import configured_members
from ejmap_project.models.model_version import configured_version
from ejmap_project.open_project import OpenProject

MEMBERS = frozenset({Partitioning.EJCONN_MEMBERS, Partitioning.EJSEG_MEMBERS})


def red_checks(project: OpenProject, instance: dg.DagsterInstance, asset: str) -> list[str]:
    """Return the names of checks upstream of an asset whose last evaluation failed.

    Each member of the configured ensemble counts, and no member of another version. Warnings are
    not counted: they tell of something to look at, not of wrong data.

    Args:
        project: The project.
        instance: Its instance.
        asset: Name of the asset.
    """
    storage = instance.event_log_storage
    found = [
        record.evaluation
        for partition, keys in _keys_upstream(project, asset).items()
        for record in storage.get_latest_asset_check_execution_by_key(
            keys, partition_filter=PartitionKeyFilter(key=partition)
        ).values()
    ]
    # Of a check that was planned and never ran, the record holds the plan.
    ran = [one for one in found if isinstance(one, dg.AssetCheckEvaluation)]
    return sorted(_name(one) for one in ran if _is_red(one))


def _keys_upstream(project: OpenProject, asset: str) -> Mapping[str | None, list[dg.AssetCheckKey]]:
    """Return the checks upstream of an asset by the partition that counts."""
    from ejmap_assets.checks import build_checks

    upstream = _upstream(asset)
    keys: dict[str | None, list[dg.AssetCheckKey]] = defaultdict(list)
    for check in build_checks():
        for key in check.check_keys:
            name = key.asset_key.to_user_string()
            for partition in _partitions(project, name) if name in upstream else ():
                keys[partition].append(key)
    return keys


def _partitions(project: OpenProject, asset: str) -> list[str] | list[None]:
    partitioning = LINEAGE[asset].partitioning
    if partitioning is Partitioning.NONE:
        return [None]
    if partitioning in MEMBERS:
        return configured_members(partitioning, project)
    return [configured_version(project, partitioning.model_kind).key]


def _is_red(evaluation: dg.AssetCheckEvaluation) -> bool:
    return not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR


def _name(evaluation: dg.AssetCheckEvaluation) -> str:
    asset = evaluation.asset_key.to_user_string()
    of = asset if evaluation.partition is None else f"{asset} of {evaluation.partition}"
    return f"{of}: {evaluation.check_name}"


def _upstream(asset: str) -> set[str]:
    found: set[str] = set()
    unseen = [asset]
    while unseen:
        for name in LINEAGE[unseen.pop()].inputs:
            if name not in found:
                found.add(name)
                unseen.append(name)
    return found
