"""Mapping a chunk of craters in one process: a crater that fails, fails alone.

A ``MaterializeResult`` speaks for every partition of a run or for none of them. So the steps of a
crater are declared as one operation with skippable outputs, which logs one materialisation for each
artefact as soon as it is there, goes on with the next crater when one fails, and names those that
failed in a single failure at the end. Checks of an artefact run before it is logged: one that a
blocking check rejects is neither logged nor left in its place, and its crater goes no further.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dagster as dg

from ejmap_assets.checks.crater_check import CheckedCrater, CraterCheck, log_findings, rejection
from ejmap_assets.checks.maps import tell_map_of_failures
from ejmap_assets.checks.rejected import refuse_rejected
from ejmap_assets.lineage.provenance import Recipe, event_tags
from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.making.failures import crater_failure, permanent
from ejmap_assets.making.former_result import former_place, replacing
from ejmap_assets.making.kept_results import KeptResults
from ejmap_assets.metadata.facts import metadata_of
from ejmap_assets.metadata.table_types import table_facts
from ejmap_assets.partitions import Partitioning
from ejmap_geo.craters.catalogue import Crater
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterTask:
    """One artefact of one crater, about to be made.

    Attributes:
        crater: The crater.
        recipe: What the artefact is made from.
        work: What the craters of a chunk share.
    """

    crater: Crater
    recipe: Recipe
    work: CraterWork

    @property
    def file_tags(self) -> dict[str, str]:
        """What a file carries of its origin, so that it can be told even outside the project."""
        return {
            "EJMAP_CRATER_ID": str(self.crater.crater_id),
            "EJMAP_RECIPE": self.recipe.digest,
            "EJMAP_INPUTS": json.dumps(self.recipe.input_versions, sort_keys=True),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterStep:
    """An asset of a crater, the function that makes it, and what it is checked for."""

    spec: dg.AssetSpec
    make: Callable[[CraterTask], Artefact]
    checks: tuple[CraterCheck, ...] = ()

    @property
    def name(self) -> str:
        """Name of the asset."""
        return self.spec.key.to_user_string()

    def __call__(self, task: CraterTask) -> Artefact:
        """Make the artefact of a crater."""
        return self.make(task)


def map_chunk(
    context: dg.AssetExecutionContext,
    *,
    steps: Sequence[CraterStep],
    work: CraterWork,
    book: RecipeBook,
    progress: Progress,
) -> None:
    """Make the selected artefacts of every crater of a run.

    Args:
        context: The run.
        steps: All steps of a crater, upstream first; those of assets that are not selected are left
            out.
        work: What the craters share.
        book: The recipes.
        progress: Who listens.

    Raises:
        Failure: After the last crater, if any of them failed. Before the first, if what all of
            them are made from is known to be wrong.
    """
    _refuse_rejected(context, steps)
    keys = list(context.partition_keys)
    errors: dict[str, Exception] = {}
    for done, key in enumerate(keys):
        progress.update(f"crater {key}", done=done, total=len(keys))
        try:
            _map_crater(context, steps, key, work, book)
        except Exception as error:
            context.log.exception("crater %s failed", key)
            errors[key] = error
    progress.update("craters", done=len(keys), total=len(keys))
    if errors:
        tell_map_of_failures(context.instance, list(errors))
        raise crater_failure(errors, attempted=len(keys)) from next(iter(errors.values()))


def _refuse_rejected(context: dg.AssetExecutionContext, steps: Sequence[CraterStep]) -> None:
    made = [step.name for step in steps if step.spec.key in context.selected_asset_keys]
    shared = {name for one in made for name in LINEAGE[one].inputs}
    whole = [(name, None) for name in shared if LINEAGE[name].partitioning is Partitioning.NONE]
    try:
        refuse_rejected(context.instance, whole)
    except StepError as error:
        raise permanent(error) from error


def _map_crater(
    context: dg.AssetExecutionContext,
    steps: Sequence[CraterStep],
    key: str,
    work: CraterWork,
    book: RecipeBook,
) -> None:
    for step in steps:
        if step.spec.key in context.selected_asset_keys:
            recipe = book.recipe(step.name, key)
            _make(context, step, CraterTask(crater=work.craters[key], recipe=recipe, work=work))
        else:
            _check_alone(context, step, work, key)


def _make(context: dg.AssetExecutionContext, step: CraterStep, task: CraterTask) -> None:
    """Make, check and log an artefact of a crater.

    Raises:
        RejectedError: If a blocking check failed; what was there before is there again.
    """
    key, work, recipe = task.crater.key, task.work, task.recipe
    row = LINEAGE[step.name]
    output = row.output(work.paths, key)
    # Mosaics and tiles do not depend on a model: a roll-back finds them in their place.
    limit = work.settings.mapping.kept_results if row.is_kept else 0
    kept = KeptResults(folder=work.paths.kept_results(key) / step.name, limit=limit)
    with replacing(output) as former:
        begun = time.perf_counter()
        restored = kept.restore(recipe.digest, output)
        artefact = step.make(task) if restored is None else restored
        metadata = metadata_of(artefact.metadata)
        facts = table_facts(step.name, row.table, artefact.table)
        seconds = round(time.perf_counter() - begun, 3)
        checked = CheckedCrater(crater=task.crater, work=work, output=output, former=former)
        findings = {check: check.run(checked) for check in step.checks}
        rejected = rejection(findings)
        if rejected is not None:
            log_findings(context, findings, key)
            raise rejected
    if restored is None:
        kept.keep(recipe.digest, output, content=artefact.content, metadata=metadata)
    context.log_event(
        dg.AssetMaterialization(
            asset_key=step.spec.key,
            partition=key,
            metadata={**metadata, **facts, "seconds": seconds},
            tags=event_tags(recipe, data_version=artefact.content),
        )
    )
    log_findings(context, findings, key)


def _check_alone(
    context: dg.AssetExecutionContext, step: CraterStep, work: CraterWork, key: str
) -> None:
    """Check an artefact that lies there already, because somebody asked for the check alone."""
    asked = context.selected_asset_check_keys
    chosen = [check for check in step.checks if check.key in asked]
    output = LINEAGE[step.name].output(work.paths, key)
    for check in chosen:
        checked = CheckedCrater(
            crater=work.craters[key], work=work, output=output, former=former_place(output)
        )
        log_findings(context, {check: check.run(checked)}, key)
