"""One step of one crater: what it makes, and how its artefact is made, described and checked."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import dagster as dg

from ejmap_assets.checks.crater_check import CheckedCrater, CraterCheck
from ejmap_assets.checks.finding import Finding
from ejmap_assets.lineage.provenance import Recipe
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.making.kept_results import KeptResults
from ejmap_assets.metadata.facts import Metadata, metadata_of
from ejmap_assets.metadata.table_types import table_facts
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.worker_processes import WorkerProcesses
from ejmap_project.artefact import Artefact
from ejmap_project.files.raster_tags import CRATER, crater_words
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.picture_store import PictureStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterTask:
    """One artefact of one crater, about to be made.

    Attributes:
        crater: The crater.
        recipe: The recipe of the artefact.
        work: Data that the craters of a chunk share.
        run_id: Id of the run; empty outside of one.
    """

    crater: Crater
    recipe: Recipe
    work: CraterWork
    run_id: str = ""

    @property
    def file_tags(self) -> dict[str, str]:
        """Tags in the file that name its origin, for use outside the project."""
        inputs = self.recipe.input_versions
        return {
            **self.work.origin_tags(inputs, run_id=self.run_id),
            CRATER: crater_words(self.crater),
            "EJMAP_CRATER_ID": str(self.crater.crater_id),
            "EJMAP_RECIPE": self.recipe.digest,
            "EJMAP_INPUTS": json.dumps(inputs, sort_keys=True),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeArtefact:
    """What is recorded of an artefact of a crater.

    Attributes:
        content: Digest of its content.
        metadata: What the UI shows.
        facts: What the UI shows of its table.
        seconds: How long it took, by the clock.
        findings: What its checks found, in their order.
        is_restored: Whether it is a kept result of the same recipe.
    """

    content: str
    metadata: Metadata
    facts: Metadata
    seconds: float
    findings: tuple[Finding, ...]
    is_restored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterStep:
    """An asset of a crater: its spec, the function that makes it, and its checks."""

    spec: dg.AssetSpec
    make: Callable[[CraterTask], Artefact]
    checks: tuple[CraterCheck, ...] = ()

    @property
    def name(self) -> str:
        """Name of the asset."""
        return self.spec.key.to_user_string()

    def kept(self, work: CraterWork, key: str) -> KeptResults:
        """Return the kept results of a crater."""
        # Mosaics and tiles do not depend on a model, so a roll-back needs no kept ones.
        limit = work.settings.mapping.kept_results if LINEAGE[self.name].is_kept else 0
        return KeptResults(folder=work.paths.kept_results(key) / self.name, limit=limit)

    def made(self, task: CraterTask, *, output: Path, former: Path) -> MadeArtefact:
        """Make the artefact or restore a kept one, describe it, and check it.

        Args:
            task: What is made.
            output: Path of the artefact.
            former: Path of the former file; it does not exist if there was none.
        """
        begun = time.perf_counter()
        kept = self.kept(task.work, task.crater.key)
        pictures = PictureStore(
            paths=task.work.paths, asset=self.name, partition=task.crater.key, kept=kept.limit
        )
        restored = kept.restore(task.recipe.digest, output)
        artefact = self.make(task) if restored is None else restored
        metadata = metadata_of(artefact.metadata, pictures)
        facts = table_facts(self.name, LINEAGE[self.name].table, artefact.table)
        seconds = round(time.perf_counter() - begun, 3)
        checked = CheckedCrater(crater=task.crater, work=task.work, output=output, former=former)
        return MadeArtefact(
            content=artefact.content,
            metadata=metadata,
            facts=facts,
            seconds=seconds,
            findings=tuple(check.run(checked) for check in self.checks),
            is_restored=restored is not None,
        )

    def made_in(
        self, task: CraterTask, *, output: Path, former: Path, processes: WorkerProcesses
    ) -> MadeArtefact:
        """Return what :meth:`made` returns in one of some processes."""
        # A function can only be handed over under its own name, which the step has taken.
        return processes.call(
            _made_by_name,
            self.make.__module__,
            self.name,
            task.crater,
            task.recipe,
            task.run_id,
            output=output,
            former=former,
        )


class _OwnWork:
    """What the craters share that this process of several maps."""

    work: CraterWork | None = None


def begin_work(project: OpenProject) -> None:
    """Let this process map craters of a project; what they share is read when first needed."""
    _OwnWork.work = CraterWork(project)


def _made_by_name(
    module: str, step: str, crater: Crater, recipe: Recipe, run_id: str, **places: Path
) -> MadeArtefact:
    """Make an artefact in a process that :func:`begin_work` prepared."""
    assert _OwnWork.work is not None  # noqa: S101 - the process began with it
    task = CraterTask(crater=crater, recipe=recipe, work=_OwnWork.work, run_id=run_id)
    declared: CraterStep = getattr(import_module(module), step)
    return declared.made(task, output=places["output"], former=places["former"])
