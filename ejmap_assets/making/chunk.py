"""Mapping a chunk of craters side by side in one run: a failed one does not stop the others.

A ``MaterializeResult`` covers either all partitions of a run or none. So the steps of a crater are
one op with skippable outputs. It logs one materialisation as soon as an artefact exists and passed
its checks, goes on with other craters after a failure, and names the failed ones at the end.

Where there is much to do, artefacts are made in further processes. All that Dagster is told is told
by this one.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TypeAlias

import dagster as dg

from ejmap_assets.checks.crater_check import CheckedCrater, log_findings, rejection
from ejmap_assets.checks.maps import warn_of_failed_craters
from ejmap_assets.checks.rejected import refuse_rejected
from ejmap_assets.lineage.provenance import SIZE, event_tags
from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import inputs_of
from ejmap_assets.making.crater_step import CraterStep, CraterTask, MadeArtefact, begin_work
from ejmap_assets.making.failures import crater_failure, permanent
from ejmap_assets.making.inputs import require_intact, set_aside_if_damaged
from ejmap_assets.partitions import Partitioning
from ejmap_project.errors import StepError
from ejmap_project.files.former_result import former_place, replacing
from ejmap_project.manifests.manifest_store import ArtefactFiles, Integrity
from ejmap_project.manifests.stored_files import put_away
from ejmap_project.mapping.crater_claim import crater_claim
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.side_by_side import SideBySide
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Progress

# Makes an artefact in this process, or in another.
Make: TypeAlias = Callable[..., MadeArtefact]


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
        steps: All steps of a crater, upstream first; steps of unselected assets are skipped.
        work: Data that the craters share.
        book: The recipes.
        progress: Receives the progress.

    Raises:
        Failure: After the last crater, if any crater failed. Before the first, if a blocking check
            rejected an input that all craters share.
    """
    project = book.mapping_project()
    # A job selects all steps, whichever kind of EJSEG maps the craters.
    steps = [step for step in steps if LINEAGE[step.name].is_possible(project)]
    _refuse_rejected(context, steps, project)
    keys = list(context.partition_keys)
    craters = SideBySide(keys, work)
    errors: dict[str, Exception] = {}

    def map_claimed(make: Make, key: str) -> None:
        claim = crater_claim(
            project.paths.claim(key), context.run.run_id, is_over=partial(_is_over, context)
        )
        with claim:
            for step in steps:
                craters.raise_if_stopped()
                _take_step(context, step, key, work, book, make)

    progress.update("craters", done=0, total=len(keys))
    with craters.processes(partial(begin_work, project)) as processes:
        make = partial(CraterStep.made_in, processes=processes) if processes else CraterStep.made
        # Whatever happens, craters that are at work end before their processes do.
        with closing(craters.each(partial(map_claimed, make))) as mapped:
            for done, (key, error) in enumerate(mapped, start=1):
                if error is not None:
                    context.log.error("crater %s failed", key, exc_info=error)
                    errors[key] = error
                progress.update(f"crater {key}", done=done, total=len(keys))
    progress.update("craters", done=len(keys), total=len(keys))
    if errors:
        warn_of_failed_craters(context.instance, list(errors))
        raise crater_failure(errors, attempted=len(keys), folder=work.paths.folder) from next(
            iter(errors.values())
        )


def _is_over(context: dg.AssetExecutionContext, run_id: str) -> bool:
    run = context.instance.get_run_by_id(run_id)
    return run is None or run.is_finished


def _refuse_rejected(
    context: dg.AssetExecutionContext, steps: Sequence[CraterStep], project: OpenProject
) -> None:
    made = [step.name for step in steps if step.spec.key in context.selected_asset_keys]
    shared = {name for one in made for name in inputs_of(project, one)}
    whole = [(name, None) for name in shared if LINEAGE[name].partitioning is Partitioning.NONE]
    try:
        refuse_rejected(context.instance, whole)
    except StepError as error:
        raise permanent(error) from error


def _take_step(
    context: dg.AssetExecutionContext,
    step: CraterStep,
    key: str,
    work: CraterWork,
    book: RecipeBook,
    make: Make,
) -> None:
    if step.spec.key not in context.selected_asset_keys:
        _check_alone(context, step, work, key)
        return
    recipe = book.recipe(step.name, key)
    require_intact(book, recipe.ingredients)
    files, made = book.files(step.name, key), book.last(step.name, key)
    if made is not None:
        found = files.compare(made.files)
        set_aside_if_damaged(files, found, context.log)
        is_own = made.run_id == context.run.run_id and made.recipe == recipe.digest
        if is_own and (found.is_stored or found.integrity is Integrity.INTACT):
            # Finished before the node of this run failed.
            return
    crater, run_id = work.craters[key], context.run.run_id
    task = CraterTask(crater=crater, recipe=recipe, work=work, run_id=run_id)
    with files.being_made():
        _record(context, step, task, files, make)


def _record(
    context: dg.AssetExecutionContext,
    step: CraterStep,
    task: CraterTask,
    files: ArtefactFiles,
    make: Make,
) -> None:
    """Make, check and log an artefact of a crater, and write the manifest of its files.

    Raises:
        RejectedError: If a blocking check failed; the former file is restored.
    """
    key, work, recipe = task.crater.key, task.work, task.recipe
    output = LINEAGE[step.name].output(work.paths, key)
    with replacing(output) as former:
        made = make(step, task, output=output, former=former)
        findings = dict(zip(step.checks, made.findings, strict=True))
        rejected = rejection(findings)
        if rejected is not None:
            log_findings(context, findings, key)
            raise rejected
    if not made.is_restored:
        kept = step.kept(work, key)
        kept.keep(recipe.digest, output, content=made.content, metadata=made.metadata)
    manifest = files.take()
    put_away(files, manifest)
    described = {**made.metadata, **made.facts, "seconds": made.seconds, SIZE: manifest.size_bytes}
    context.log_event(
        dg.AssetMaterialization(
            asset_key=step.spec.key,
            partition=key,
            metadata=described,
            tags=event_tags(recipe, data_version=made.content, files=manifest.digest),
        )
    )
    files.write(manifest)
    log_findings(context, findings, key)


def _check_alone(
    context: dg.AssetExecutionContext, step: CraterStep, work: CraterWork, key: str
) -> None:
    """Run the selected checks on an artefact that exists, without making it."""
    asked = context.selected_asset_check_keys
    chosen = [check for check in step.checks if check.key in asked]
    output = LINEAGE[step.name].output(work.paths, key)
    for check in chosen:
        checked = CheckedCrater(
            crater=work.craters[key], work=work, output=output, former=former_place(output)
        )
        log_findings(context, {check: check.run(checked)}, key)
