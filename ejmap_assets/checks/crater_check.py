"""Checks of a crater's artefacts: they run in the op that makes them, before the next step.

If a blocking check fails, the op does not record the artefact and skips the crater's remaining
steps. The other craters of the chunk continue.
"""

import inspect
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from ejmap_assets import partitions
from ejmap_assets.checks.finding import Finding, found_by
from ejmap_geo.craters.catalogue import Crater
from ejmap_project.errors import RejectedError
from ejmap_project.mapping.crater_inputs import CraterWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCrater:
    """The input of a check.

    Attributes:
        crater: The crater.
        work: Data that the craters of a chunk share.
        output: Path of the artefact.
        former: Path of the former file; it does not exist if there was none.
    """

    crater: Crater
    work: CraterWork
    output: Path
    former: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterCheck:
    """A check of one artefact of a crater.

    Attributes:
        asset: Name of the asset.
        name: Name of the check; it states what is true if the check passes.
        description: Description in the UI.
        find: The check itself; errors of reading become findings.
        blocking: Whether an error blocks the crater's later steps.
    """

    asset: str
    name: str
    description: str
    find: Callable[[CheckedCrater], Finding]
    blocking: bool = True

    @property
    def key(self) -> dg.AssetCheckKey:
        """Dagster's key."""
        return dg.AssetCheckKey(dg.AssetKey(self.asset), self.name)

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """Dagster's spec, partitioned by crater."""
        with warnings.catch_warnings():
            # Safe: we pin Dagster to one minor version, which does not change its previews.
            warnings.simplefilter("ignore", dg.PreviewWarning)
            return dg.AssetCheckSpec(
                self.name,
                asset=self.asset,
                description=self.description,
                blocking=self.blocking,
                partitions_def=partitions.craters,
            )

    def run(self, checked: CheckedCrater) -> Finding:
        """Return the finding of the check."""
        return found_by(lambda: self.find(checked))

    def stops(self, finding: Finding) -> bool:
        """Return whether the finding blocks the crater's later steps."""
        return self.blocking and not finding.passed and not finding.is_warning


def crater_check(
    *, asset: str, blocking: bool = True
) -> Callable[[Callable[[CheckedCrater], Finding]], CraterCheck]:
    """Turn a function into a check of the same name; the UI shows its docstring as description.

    Args:
        asset: Name of the asset.
        blocking: Whether an error blocks the crater's later steps.
    """

    def declare(find: Callable[[CheckedCrater], Finding]) -> CraterCheck:
        return CraterCheck(
            asset=asset,
            name=find.__name__,
            description=inspect.getdoc(find) or "",
            find=find,
            blocking=blocking,
        )

    return declare


Findings: TypeAlias = Mapping[CraterCheck, Finding]


def rejection(findings: Findings) -> RejectedError | None:
    """Return the error that names the failed blocking checks; None if none failed."""
    reasons = [
        f"check {check.name} of {check.asset} failed: {finding.sentence}"
        for check, finding in findings.items()
        if check.stops(finding)
    ]
    return RejectedError("; ".join(reasons)) if reasons else None


def log_findings(context: dg.AssetExecutionContext, findings: Findings, key: str) -> None:
    """Log the findings about an artefact of a crater, linked to its last materialisation."""
    if not findings:
        return
    target = _last_materialisation(context, next(iter(findings)).asset, key)
    for check, finding in findings.items():
        evaluation = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(check.asset),
            check_name=check.name,
            passed=finding.passed,
            metadata=finding.metadata,
            severity=finding.severity,
            description=finding.sentence,
            blocking=check.blocking,
            partition=key,
            target_materialization_data=target,
        )
        context.log_event(evaluation)  # pyright: ignore[reportArgumentType] - Dagster accepts it, but its types do not list it


def _last_materialisation(
    context: dg.AssetExecutionContext, asset: str, key: str
) -> AssetCheckEvaluationTargetMaterializationData | None:
    # The UI counts only findings that name their materialisation. The storage id is enough: the
    # event itself carries pictures, which take longer to read than a check.
    places = context.instance.event_log_storage.get_latest_storage_id_by_partition(
        dg.AssetKey(asset), dg.DagsterEventType.ASSET_MATERIALIZATION, {key}
    )
    if key not in places:
        return None
    return AssetCheckEvaluationTargetMaterializationData(
        storage_id=places[key], run_id=context.run.run_id, timestamp=time.time()
    )
