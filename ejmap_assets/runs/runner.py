"""Bringing a project up to date through Dagster, stage by stage; skips what is up to date.

The project's instance records every run, so that the UI shows them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.launch_config import promotion_run_config, release_run_config
from ejmap_assets.lineage import stages
from ejmap_assets.lineage.project_stages import (
    retraining_stages,
    run_stages,
    stage_kind,
    stage_title,
    stage_version,
    stages_made,
)
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import (
    assets_of,
    crater_steps_of,
    inputs_of,
    is_made,
)
from ejmap_assets.lineage.stages import Stage
from ejmap_assets.partitions import MEMBERS, Partitioning, register_version
from ejmap_assets.runs.in_process import (
    PlannedRun,
    RunFailedError,
    execute,
    failure_sentence,
    warnings_of,
    was_interrupted,
)
from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_assets.status.costs import Rates
from ejmap_project.models.model_version import is_given, member_count
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.progress import Listener
from ejmap_project.vetting.vetting_choice import classifier_version, held_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """An ensemble to train.

    Attributes:
        kind: Which of the two models.
        version: Key of the version.
        iterations: Number of members.
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
        self._cache = RecordCache()

    def run(self) -> list[str]:
        """Make everything that is missing or stale; a candidate is made and judged last.

        Returns:
            A sentence for each failed run that did not block later stages.

        Raises:
            RunFailedError: If a run failed that later stages need.
        """
        return self._follow(run_stages(self._project), self._planned)

    def repair(self) -> list[str]:
        """Map missing and stale craters, then refresh the map and its scores; see run."""
        return self._follow(stages_made(self._project, stages.REPAIRING), self._planned)

    def vet(self) -> list[str]:
        """Score the catalogue again if it, the mosaic or the settings changed; see run."""
        wanted = [stage for stage in stages.STAGES if stage.job in (stages.PREPARE, stages.VET)]
        return self._follow(stages_made(self._project, wanted), self._planned)

    def retrain(self) -> list[str]:
        """Train versions whose labels or settings changed, and let the gate decide; see run.

        This maps no crater: the automation sensor or ``repair`` notices the promotion.
        """
        return self._follow(retraining_stages(self._project), self._planned)

    def decide(
        self, kind: ModelKind, *, mode: str, version: str = "", to: str = "", reason: str = ""
    ) -> None:
        """Promote a version of a model, through the gate or by hand, or roll back.

        Args:
            kind: Which of the two models.
            mode: ``GATE``, ``BY_HAND`` or ``ROLL_BACK``.
            version: Key of the version; empty takes those that the settings name.
            to: Digest of the ensemble to roll back to, or its beginning.
            reason: Why, for the record.

        Raises:
            RunFailedError: If there is nothing to promote, or to roll back to.
        """
        config = promotion_run_config(kind, mode, version=version, to=to, reason=reason)
        promotion = PlannedRun(assets=(f"promoted_{kind}",), config=config)
        self._execute(stages.PROMOTED, promotion)

    def release(self, name: str, *, note: str, allow_stale: bool) -> None:
        """Freeze the map as a release.

        Raises:
            RunFailedError: If it cannot be made; the sentence says why.
        """
        config = release_run_config(name, note=note, allow_stale=allow_stale)
        self._execute(stages.RELEASE, PlannedRun(assets=("release",), config=config))

    def train(self, trainings: Sequence[Training]) -> None:
        """Train the members of ensembles that are missing or stale; see run.

        This registers the versions first, so that the UI shows them and can train them too. Labels
        and samples are made although the project may map with ready-made models alone.
        """
        for training in trainings:
            self._register(training)
        kinds = {training.kind for training in trainings}
        wanted = [
            stage
            for stage in stages.RETRAINING
            if stage in (stages.SOURCES, stages.LABELS) or stage_kind(stage) in kinds
        ]
        self._follow(
            wanted,
            lambda stage: self._trainings(stage, trainings),
            title_of=lambda stage: stage.title,
        )

    def _follow(
        self,
        wanted: Sequence[Stage],
        runs_of: Callable[[Stage], Iterable[PlannedRun]],
        *,
        title_of: Callable[[Stage], str] | None = None,
    ) -> list[str]:
        title_of = title_of or partial(stage_title, self._project)
        end_lost_runs(self._instance)
        complaints: list[str] = []
        for number, stage in enumerate(wanted, start=1):
            planned, title = list(runs_of(stage)), title_of(stage)
            if not planned:
                self._listener.line(f"[{number}/{len(wanted)}] {title}: there and up to date")
                continue
            with self._listener.step(number, len(wanted), title):
                self._announce(planned)
                for one in planned:
                    complaints += self._execute(stage, one)
        return complaints

    def _announce(self, planned: Sequence[PlannedRun]) -> None:
        """Tell how long a step will take, and how much disk, where that is worth telling."""
        rates = Rates(book_of(self._project, self._instance).snapshot(self._cache))
        cost = rates.cost(one for run in planned for one in self._artefacts(run))
        if cost.is_long:
            self._listener.line(f"      takes {cost.words}")

    def _artefacts(self, planned: PlannedRun) -> Iterator[tuple[str, str | None]]:
        keys: list[str | None] = [planned.first]
        if planned.first != planned.last:
            # Only craters are planned as ranges, in the order in which the instance lists them.
            known = list(self._instance.get_dynamic_partitions(partitions.CRATERS_NAME))
            first, last = (known.index(key) for key in (planned.first, planned.last) if key)
            keys = [*known[first : last + 1]]
        yield from ((asset, key) for key in keys for asset in planned.assets)

    def _trainings(self, stage: Stage, trainings: Sequence[Training]) -> Iterator[PlannedRun]:
        if stage_kind(stage) is None:
            yield from self._runs(stage, assets_of(stage))
            return
        book = book_of(self._project, self._instance).snapshot(self._cache)
        for training in trainings:
            if training.kind == stage_kind(stage):
                yield from self._model_runs(book, stage, training)

    def _planned(self, stage: Stage) -> Iterator[PlannedRun]:
        assets = [name for name in assets_of(stage) if is_made(self._project, name)]
        if assets:
            yield from self._runs(stage, assets)

    def _runs(self, stage: Stage, assets: Sequence[str]) -> Iterator[PlannedRun]:
        book = book_of(self._project, self._instance).snapshot(self._cache)
        match LINEAGE[assets[0]].partitioning:
            case Partitioning.NONE:
                pending = _pending(book, assets, None)
                if pending:
                    yield PlannedRun(assets=pending)
            case Partitioning.CRATERS:
                yield from self._crater_runs(book, crater_steps_of(self._project))
            case Partitioning.CLASSIFIER_VERSIONS:
                version = classifier_version(self._project)
                register_version(self._instance, partitions.classifier_versions, version)
                yield from _missing_runs(book, assets[0], [version])
            case partitioning:
                kind, version = partitioning.model_kind, stage_version(self._project, stage)
                assert version is not None  # noqa: S101 - else the project has no such stage
                members = member_count(self._project, kind, version)
                training = Training(kind=kind, version=version.key, iterations=members)
                yield from self._model_runs(book, stage, training)

    def _model_runs(
        self, book: RecipeBook, stage: Stage, training: Training
    ) -> Iterator[PlannedRun]:
        (asset,) = assets_of(stage)
        kind, version, members = training.kind, training.version, range(training.iterations)
        self._register(training)
        if LINEAGE[asset].partitioning in MEMBERS:
            keys = [str(partitions.member_key(version=version, iteration=one)) for one in members]
            yield from _missing_runs(book, asset, keys)
            return
        # Ready-made and imported members need no samples.
        if not all(is_given(self._project, kind, version, one) for one in members):
            yield from _missing_runs(book, asset, [version])

    def _register(self, training: Training) -> None:
        partitions.register_ensemble(
            self._instance, training.kind, training.version, members=training.iterations
        )

    def _crater_runs(self, book: RecipeBook, assets: tuple[str, ...]) -> Iterator[PlannedRun]:
        # A partition range follows the order in which the instance lists the keys.
        known = self._instance.get_dynamic_partitions(partitions.CRATERS_NAME)
        held = held_back(self._project)
        run: list[str] = []
        run_assets: tuple[str, ...] = ()
        for key in known:
            pending = () if key in held else _pending(book, assets, key)
            if run and pending != run_assets:
                yield PlannedRun(assets=run_assets, first=run[0], last=run[-1])
                run = []
            if pending:
                run.append(key)
            run_assets = pending
        if run:
            yield PlannedRun(assets=run_assets, first=run[0], last=run[-1])

    def _execute(self, stage: Stage, planned: PlannedRun) -> list[str]:
        job = self._defs.resolve_job_def(stage.job.name)
        result = execute(
            self._instance, job, planned, tell=lambda text: self._listener.line(f"      {text}")
        )
        for sentence in warnings_of(result):
            self._listener.line(f"      check this: {sentence}")
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


def _missing_runs(book: RecipeBook, asset: str, keys: Iterable[str]) -> Iterator[PlannedRun]:
    """Yield a run for each partition that is missing or stale."""
    for key in keys:
        if not book.is_current(asset, key):
            yield PlannedRun(assets=(asset,), first=key, last=key)


def _pending(book: RecipeBook, assets: Sequence[str], partition: str | None) -> tuple[str, ...]:
    """Return the assets that are missing or stale, and the assets downstream of them."""
    pending: list[str] = []
    for name in assets:
        inputs = inputs_of(book.project, name, partition or "")
        follows = any(parent in pending for parent in inputs)
        if follows or not book.is_current(name, partition):
            pending.append(name)
    return tuple(pending)
