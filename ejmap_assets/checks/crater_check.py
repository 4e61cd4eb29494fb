"""Checks of a crater's artefacts: they run where these are made, before anything follows from them.

A check that blocks keeps its artefact from being recorded, so that the crater's next steps find
nothing to go on from; the other craters of a chunk are not held up.
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
    """What a check is given.

    Attributes:
        crater: The crater.
        work: What the craters of a chunk share.
        output: The artefact.
        former: The file that lay in its place before; not there when there was none.
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
        name: Name of the check, what holds when it passes.
        description: What it means, for the UI.
        find: The check itself; errors of reading are findings too.
        blocking: Whether an error keeps the artefact from being used.
    """

    asset: str
    name: str
    description: str
    find: Callable[[CheckedCrater], Finding]
    blocking: bool = True

    @property
    def key(self) -> dg.AssetCheckKey:
        """Asset and name."""
        return dg.AssetCheckKey(dg.AssetKey(self.asset), self.name)

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """The check as Dagster knows it, partitioned by crater."""
        with warnings.catch_warnings():
            # We pin Dagster to one minor version, within which what is in preview may not change.
            warnings.simplefilter("ignore", dg.PreviewWarning)
            return dg.AssetCheckSpec(
                self.name,
                asset=self.asset,
                description=self.description,
                blocking=self.blocking,
                partitions_def=partitions.craters,
            )

    def run(self, checked: CheckedCrater) -> Finding:
        """Return what the check finds."""
        return found_by(lambda: self.find(checked))

    def stops(self, finding: Finding) -> bool:
        """Return whether the artefact must not be used."""
        return self.blocking and not finding.passed and not finding.is_warning


def crater_check(
    *, asset: str, blocking: bool = True
) -> Callable[[Callable[[CheckedCrater], Finding]], CraterCheck]:
    """Turn a function that looks at an artefact of a crater into the check of the same name.

    Its docstring is the description that the UI shows.

    Args:
        asset: Name of the asset.
        blocking: Whether an error keeps the artefact from being used.
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
    """Return why an artefact must not be used; None when it may."""
    reasons = [
        f"check {check.name} of {check.asset} failed: {finding.sentence}"
        for check, finding in findings.items()
        if check.stops(finding)
    ]
    return RejectedError("; ".join(reasons)) if reasons else None


def log_findings(context: dg.AssetExecutionContext, findings: Findings, key: str) -> None:
    """Log what was found of an artefact of a crater, beside its last materialisation."""
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
        context.log_event(evaluation)  # pyright: ignore[reportArgumentType] - taken since 1.7, but not in the list of types


def _last_materialisation(
    context: dg.AssetExecutionContext, asset: str, key: str
) -> AssetCheckEvaluationTargetMaterializationData | None:
    # The UI counts only findings that name the materialisation they are about. Its place is enough:
    # the event itself carries pictures, which take longer to read than a check.
    places = context.instance.event_log_storage.get_latest_storage_id_by_partition(
        dg.AssetKey(asset), dg.DagsterEventType.ASSET_MATERIALIZATION, {key}
    )
    if key not in places:
        return None
    return AssetCheckEvaluationTargetMaterializationData(
        storage_id=places[key], run_id=context.run.run_id, timestamp=time.time()
    )
