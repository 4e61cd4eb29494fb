"""Mapping a chunk of craters in one process: a crater that fails, fails alone.

A ``MaterializeResult`` speaks for every partition of a run or for none of them. So the steps of a
crater are declared as one operation with skippable outputs, which logs one materialisation for each
artefact as soon as it is there, goes on with the next crater when one fails, and names those that
failed in a single failure at the end.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dagster as dg

from ejmap_assets.artefact import Artefact, Stopwatch
from ejmap_assets.crater_work import CraterWork
from ejmap_assets.failures import crater_failure
from ejmap_assets.lineage import LINEAGE
from ejmap_assets.progress import Progress
from ejmap_assets.provenance import Recipe, event_tags
from ejmap_assets.recipes import RecipeBook
from ejmap_geo.craters import Crater


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
    """An asset of a crater, and the function that makes it."""

    spec: dg.AssetSpec
    make: Callable[[CraterTask], Artefact]

    @property
    def name(self) -> str:
        """Name of the asset."""
        return self.spec.key.to_user_string()


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
        Failure: After the last crater, if any of them failed.
    """
    selected = [step for step in steps if step.spec.key in context.selected_asset_keys]
    keys = list(context.partition_keys)
    errors: dict[str, Exception] = {}
    for done, key in enumerate(keys):
        progress.update(f"crater {key}", done=done, total=len(keys))
        try:
            _map_crater(context, selected, key, work, book)
        except Exception as error:
            context.log.exception("crater %s failed", key)
            errors[key] = error
    progress.update("craters", done=len(keys), total=len(keys))
    if errors:
        raise crater_failure(errors, attempted=len(keys)) from next(iter(errors.values()))


def _result(step: CraterStep, key: str, recipe: Recipe, work: CraterWork) -> Artefact:
    """Return the artefact of a step: the one that is kept of this very recipe, or a new one."""
    output = LINEAGE[step.name].output(work.paths, key)
    kept = work.kept_results(step.name, key)
    restored = kept.restore(recipe.digest, output)
    if restored is not None:
        return restored
    artefact = step.make(CraterTask(crater=work.craters[key], recipe=recipe, work=work))
    kept.keep(recipe.digest, output, artefact)
    return artefact


def _map_crater(
    context: dg.AssetExecutionContext,
    steps: Sequence[CraterStep],
    key: str,
    work: CraterWork,
    book: RecipeBook,
) -> None:
    for step in steps:
        recipe = book.recipe(step.name, key)
        with Stopwatch() as watch:
            artefact = _result(step, key, recipe, work)
        context.log_event(
            dg.AssetMaterialization(
                asset_key=step.spec.key,
                partition=key,
                metadata={**artefact.metadata, "seconds": round(watch.seconds, 3)},
                tags=event_tags(recipe, data_version=artefact.content),
            )
        )
