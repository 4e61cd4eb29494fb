"""Making a project from end to end through Dagster, skipping what is there and current.

Every run is recorded on the project's instance, so that the UI shows all of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.launch_config import promotion_run_config
from ejmap_assets.lineage import stages
from ejmap_assets.lineage.needed import assets_of, crater_steps_of, is_made, stages_made
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.stages import Job, Stage
from ejmap_assets.partitions import MEMBERS, VERSIONS, Partitioning
from ejmap_assets.runs.in_process import Work, execute
from ejmap_assets.runs.lost_runs import fail_lost_runs
from ejmap_assets.runs.run_failure import RunFailedError, failure_sentence, was_interrupted
from ejmap_project.models.model_version import configured_version, imported_from
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.progress import Listener
from ejmap_project.vetting.vetting_choice import classifier_version, held_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """An ensemble to be trained.

    Attributes:
        kind: Which of the two models.
        version: Key of the version.
        iterations: Members.
    """

    kind: ModelKind
    version: str
    iterations: int


class Runner:
    """Brings a project up to date, stage after stage."""

    def __init__(
        self,
        project: OpenProject,
        instance: dg.DagsterInstance,
        listener: Listener,
        *,
        defs: dg.Definitions,
    ) -> None:
        self._project = project
        self._instance = instance
        self._listener = listener
        self._defs = defs

    def run(self) -> list[str]:
        """Make everything that is missing or stale.

        Returns:
            A sentence for each failure that did not keep the rest from being made.

        Raises:
            RunFailedError: If a stage failed that the next ones need.
        """
        return self._follow(stages.STAGES, self._work)

    def repair(self) -> list[str]:
        """Map exactly the craters that are missing or stale, and refresh the map and its scores.

        Returns:
            A sentence for each failure that did not keep the rest from being made.
        """
        return self._follow(stages.REPAIRING, self._work)

    def vet(self) -> list[str]:
        """Score the entries of the catalogue where it, the mosaic or settings changed.

        Returns:
            A sentence for each failure.

        Raises:
            RunFailedError: If mosaic or catalogue cannot be read.
        """
        return self._follow(_of_jobs(stages.PREPARE, stages.VET), self._work)

    def retrain(self) -> list[str]:
        """Train the configured versions anew where labels or settings changed, and promote them.

        Nothing is mapped: who keeps the craters up to date sees what was promoted.

        Raises:
            RunFailedError: If a stage failed.
        """
        return self._follow(stages.RETRAINING, self._work)

    def decide(self, kind: ModelKind, *, mode: str, to: str = "", reason: str = "") -> None:
        """Promote the configured version of a model, through the gate or by hand, or roll back.

        Raises:
            RunFailedError: If there is nothing to promote, or to roll back to.
        """
        work = Work(
            assets=(f"promoted_{kind}",),
            config=promotion_run_config(kind, mode, to=to, reason=reason),
        )
        self._execute(stages.PROMOTED, work)

    def train(self, trainings: Sequence[Training]) -> None:
        """Train the members of ensembles that are missing or stale.

        Versions are registered first, so that the UI shows them and can train them too.

        Raises:
            RunFailedError: If a stage failed.
        """
        kinds = {training.kind for training in trainings}
        wanted = [
            stage
            for stage in stages.RETRAINING
            if stage in (stages.SOURCES, stages.LABELS) or _kind_of(stage) in kinds
        ]
        self._follow(wanted, lambda stage: self._training_work(stage, trainings))

    def _follow(
        self, wanted: Sequence[Stage], work_of: Callable[[Stage], Iterable[Work]]
    ) -> list[str]:
        fail_lost_runs(self._instance)
        complaints: list[str] = []
        made = stages_made(self._project, wanted)
        for number, stage in enumerate(made, start=1):
            work = list(work_of(stage))
            if not work:
                self._listener.line(f"[{number}/{len(made)}] {stage.title}: there and up to date")
                continue
            with self._listener.step(number, len(made), stage.title):
                for one in work:
                    complaints += self._execute(stage, one)
        return complaints

    def _training_work(self, stage: Stage, trainings: Sequence[Training]) -> Iterator[Work]:
        if _kind_of(stage) is None:
            yield from self._work(stage)
            return
        book = book_of(self._project, self._instance).snapshot()
        for training in trainings:
            if training.kind == _kind_of(stage):
                yield from self._model_work(book, stage, training)

    def _work(self, stage: Stage) -> Iterator[Work]:
        assets = [name for name in assets_of(stage) if is_made(self._project, name)]
        if not assets:
            return
        book = book_of(self._project, self._instance).snapshot()
        match LINEAGE[assets[0]].partitioning:
            case Partitioning.NONE:
                pending = _pending(book, assets, None)
                if pending:
                    yield Work(assets=pending)
            case Partitioning.CRATERS:
                yield from self._crater_work(book, crater_steps_of(self._project))
            case Partitioning.CLASSIFIER_VERSIONS:
                yield from self._classifier_work(book, assets[0])
            case partitioning:
                training = self._configured(partitioning.model_kind)
                yield from self._model_work(book, stage, training)

    def _model_work(self, book: RecipeBook, stage: Stage, training: Training) -> Iterator[Work]:
        (asset,) = assets_of(stage)
        if LINEAGE[asset].partitioning in MEMBERS:
            yield from _member_work(book, asset, training)
        else:
            yield from self._sample_work(book, asset, training)

    def _configured(self, kind: ModelKind) -> Training:
        return Training(
            kind=kind,
            version=configured_version(self._project, kind).key,
            iterations=self._project.settings.models.members(kind),
        )

    def _sample_work(self, book: RecipeBook, asset: str, training: Training) -> Iterator[Work]:
        partitions.register_version(
            self._instance,
            versions_name=partitions.versions_name(training.kind),
            version=training.version,
        )
        paths, members = self._project.paths, range(training.iterations)
        # What somebody else trained needs no samples here.
        is_trained_here = any(
            imported_from(paths, training.kind, training.version, one) is None for one in members
        )
        if is_trained_here and not book.is_current(asset, training.version):
            yield Work(assets=(asset,), first=training.version, last=training.version)

    def _classifier_work(self, book: RecipeBook, asset: str) -> Iterator[Work]:
        version = classifier_version(self._project)
        partitions.register_version(
            self._instance, versions_name=partitions.CLASSIFIER_VERSIONS_NAME, version=version
        )
        if not book.is_current(asset, version):
            yield Work(assets=(asset,), first=version, last=version)

    def _crater_work(self, book: RecipeBook, assets: tuple[str, ...]) -> Iterator[Work]:
        # Ranges follow the order in which the instance knows the keys.
        known = self._instance.get_dynamic_partitions(partitions.CRATERS_NAME)
        held = held_back(self._project)
        run: list[str] = []
        run_assets: tuple[str, ...] = ()
        for key in known:
            pending = () if key in held else _pending(book, assets, key)
            if run and pending != run_assets:
                yield Work(assets=run_assets, first=run[0], last=run[-1])
                run = []
            if pending:
                run.append(key)
            run_assets = pending
        if run:
            yield Work(assets=run_assets, first=run[0], last=run[-1])

    def _execute(self, stage: Stage, work: Work) -> list[str]:
        job = self._defs.resolve_job_def(stage.job.name)
        result = execute(
            self._instance, job, work, tell=lambda told: self._listener.line(f"      {told}")
        )
        if result.success:
            return []
        if was_interrupted(result):
            raise KeyboardInterrupt
        sentence = failure_sentence(result)
        # A failed crater does not block the map; a failed upstream stage does.
        if not stage.job.may_fail:
            raise RunFailedError(f"{stage.title}: {sentence}")
        self._listener.line(f"      {sentence}")
        return [sentence]


def _of_jobs(*jobs: Job) -> list[Stage]:
    return [stage for stage in stages.STAGES if stage.job in jobs]


def _kind_of(stage: Stage) -> ModelKind | None:
    """Return the model whose versions or members a stage makes; None for the other stages."""
    partitioning = LINEAGE[assets_of(stage)[0]].partitioning
    return partitioning.model_kind if partitioning in VERSIONS | MEMBERS else None


def _member_work(book: RecipeBook, asset: str, training: Training) -> Iterator[Work]:
    for iteration in range(training.iterations):
        key = str(partitions.member_key(version=training.version, iteration=iteration))
        if not book.is_current(asset, key):
            yield Work(assets=(asset,), first=key, last=key)


def _pending(book: RecipeBook, assets: Sequence[str], partition: str | None) -> tuple[str, ...]:
    """Return the assets to make: those that are not current, and what is made from them."""
    pending: list[str] = []
    for name in assets:
        follows = any(parent in pending for parent in LINEAGE[name].inputs)
        if follows or not book.is_current(name, partition):
            pending.append(name)
    return tuple(pending)
