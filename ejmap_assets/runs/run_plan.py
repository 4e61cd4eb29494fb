"""Which runs bring the stages of a project up to date: of what is missing or stale, and no more."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.lineage.project_stages import stage_kind, stage_version
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import assets_of, crater_steps_of, inputs_of, is_made
from ejmap_assets.lineage.stages import Stage
from ejmap_assets.partitions import MEMBERS, Partitioning, register_version
from ejmap_assets.runs.in_process import PlannedRun
from ejmap_project.models.model_version import is_given, member_count
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What is to be run of a project.

    Attributes:
        project: The project.
        instance: Its instance.
        only: Members and craters to which the plan is limited, as partition keys; None for all.
        cache: Records that were read before.
    """

    project: OpenProject
    instance: dg.DagsterInstance
    only: Collection[str] | None = None
    cache: RecordCache = field(default_factory=RecordCache)

    def book(self) -> RecipeBook:
        """Return the recipes and records as they are now."""
        return book_of(self.project, self.instance).snapshot(self.cache)

    def artefacts(self, planned: PlannedRun) -> Iterator[tuple[str, str | None]]:
        """Yield what a run makes, as asset and partition."""
        keys: list[str | None] = [planned.first]
        if planned.first != planned.last:
            # Only craters are planned as ranges, in the order in which the instance lists them.
            known = list(self.instance.get_dynamic_partitions(partitions.CRATERS_NAME))
            first, last = (known.index(key) for key in (planned.first, planned.last) if key)
            keys = [*known[first : last + 1]]
        yield from ((asset, key) for key in keys for asset in planned.assets)

    def trainings(self, stage: Stage, trainings: Sequence[Training]) -> Iterator[PlannedRun]:
        """Yield the runs of a stage for given ensembles; see :meth:`runs_of`."""
        if stage_kind(stage) is None:
            yield from self._runs(stage, assets_of(stage))
            return
        book = self.book()
        for training in trainings:
            if training.kind == stage_kind(stage):
                yield from self._model_runs(book, stage, training)

    def runs_of(self, stage: Stage) -> Iterator[PlannedRun]:
        """Yield the runs that bring a stage up to date."""
        assets = [name for name in assets_of(stage) if is_made(self.project, name)]
        if assets:
            yield from self._runs(stage, assets)

    def _runs(self, stage: Stage, assets: Sequence[str]) -> Iterator[PlannedRun]:
        book = self.book()
        match LINEAGE[assets[0]].partitioning:
            case Partitioning.NONE:
                pending = _pending(book, assets, None)
                if pending:
                    yield PlannedRun(assets=pending)
            case Partitioning.CRATERS:
                yield from self._crater_runs(book)
            case Partitioning.CLASSIFIER_VERSIONS:
                version = classifier_version(self.project)
                register_version(self.instance, partitions.classifier_versions, version)
                yield from _missing_runs(book, assets[0], [version])
            case partitioning:
                kind, version = partitioning.model_kind, stage_version(self.project, stage)
                assert version is not None  # noqa: S101 - else the project has no such stage
                members = member_count(self.project, kind, version)
                training = Training(kind=kind, version=version.key, iterations=members)
                yield from self._model_runs(book, stage, training)

    def _model_runs(
        self, book: RecipeBook, stage: Stage, training: Training
    ) -> Iterator[PlannedRun]:
        (asset,) = assets_of(stage)
        kind, version, members = training.kind, training.version, range(training.iterations)
        self.register(training)
        if LINEAGE[asset].partitioning in MEMBERS:
            keys = [str(partitions.member_key(version=version, iteration=one)) for one in members]
            yield from _missing_runs(book, asset, filter(self._is_wanted, keys))
            return
        # Ready-made and imported members need no samples.
        if not all(is_given(self.project, kind, version, one) for one in members):
            yield from _missing_runs(book, asset, [version])

    def register(self, training: Training) -> None:
        """Add the version and its members to the partitions, so that the UI can train them too."""
        partitions.register_ensemble(
            self.instance, training.kind, training.version, members=training.iterations
        )

    def pending_craters(self, book: RecipeBook) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield all craters in the order of the instance, each with its assets that need making."""
        assets, held = crater_steps_of(self.project), held_back(self.project)
        for key in self.instance.get_dynamic_partitions(partitions.CRATERS_NAME):
            is_left_out = key in held or not self._is_wanted(key)
            yield key, () if is_left_out else _pending(book, assets, key)

    def _crater_runs(self, book: RecipeBook) -> Iterator[PlannedRun]:
        run: list[str] = []
        run_assets: tuple[str, ...] = ()
        # A partition range follows the order in which the instance lists the keys.
        for key, pending in self.pending_craters(book):
            if run and pending != run_assets:
                yield PlannedRun(assets=run_assets, first=run[0], last=run[-1])
                run = []
            if pending:
                run.append(key)
            run_assets = pending
        if run:
            yield PlannedRun(assets=run_assets, first=run[0], last=run[-1])

    def _is_wanted(self, partition: str) -> bool:
        return self.only is None or partition in self.only


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
