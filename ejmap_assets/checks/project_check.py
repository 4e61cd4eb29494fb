"""Checks of artefacts of the whole project: each is an op that reads the files."""

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg

from ejmap_assets.checks.finding import Finding, found_by
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.resources import ProjectResource
from ejmap_project.open_project import OpenProject


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProject:
    """The input of a check.

    Attributes:
        project: The project.
        instance: Its instance.
        partition: The checked partition; "" if the asset is unpartitioned.
    """

    project: OpenProject
    instance: dg.DagsterInstance
    partition: str


Find = Callable[[CheckedProject], Finding]


def project_check(*, asset: str, blocking: bool) -> Callable[[Find], dg.AssetChecksDefinition]:
    """Turn a function into a check of the same name, with the partitions of the asset.

    The UI shows its docstring as description.

    Args:
        asset: Name of the asset.
        blocking: Whether an error blocks the assets downstream.
    """

    def declare(find: Find) -> dg.AssetChecksDefinition:
        with warnings.catch_warnings():
            # Safe: we pin Dagster to one minor version, which does not change its previews.
            warnings.simplefilter("ignore", dg.PreviewWarning)

            @dg.asset_check(
                name=find.__name__,
                asset=asset,
                blocking=blocking,
                description=inspect.getdoc(find),
                partitions_def=LINEAGE[asset].partitioning.partitions_def,
            )
            def check(
                context: dg.AssetCheckExecutionContext, project: ProjectResource
            ) -> dg.AssetCheckResult:
                partition = context.partition_key if context.has_partition_key else ""
                checked = CheckedProject(
                    project=project.open(), instance=context.instance, partition=partition
                )
                return found_by(lambda: find(checked)).result()

        return check

    return declare
