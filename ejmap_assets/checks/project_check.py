"""Checks of artefacts that are not of one crater: operations of their own, which read the files."""

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
    """What a check is given.

    Attributes:
        project: The project.
        instance: Its instance.
        partition: The partition that is looked at; "" where there are none.
    """

    project: OpenProject
    instance: dg.DagsterInstance
    partition: str


Find = Callable[[CheckedProject], Finding]


def project_check(*, asset: str, blocking: bool) -> Callable[[Find], dg.AssetChecksDefinition]:
    """Turn a function that looks at an artefact into the check of the same name.

    Its docstring is the description that the UI shows, its partitions are those of the asset.

    Args:
        asset: Name of the asset.
        blocking: Whether an error keeps everything from being made that needs the asset.
    """

    def declare(find: Find) -> dg.AssetChecksDefinition:
        return declared(
            find,
            name=find.__name__,
            description=inspect.getdoc(find) or "",
            asset=asset,
            blocking=blocking,
        )

    return declare


def declared(
    find: Find, *, name: str, description: str, asset: str, blocking: bool
) -> dg.AssetChecksDefinition:
    """Return the check that a function makes.

    Args:
        find: InputSizes at the artefact.
        name: Name of the check, what holds when it passes.
        description: What it means, for the UI.
        asset: Name of the asset.
        blocking: Whether an error keeps everything from being made that needs the asset.
    """
    with warnings.catch_warnings():
        # We pin Dagster to one minor version, within which what is in preview may not change.
        warnings.simplefilter("ignore", dg.PreviewWarning)

        @dg.asset_check(
            name=name,
            asset=asset,
            blocking=blocking,
            description=description,
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
