"""Bringing a project up to date through Dagster, stage by stage; skips what is up to date.

The project's instance records every run, so that the UI shows them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import dagster as dg

from ejmap_assets.launch_config import promotion_run_config, release_run_config
from ejmap_assets.lineage import stages
from ejmap_assets.lineage.project_stages import (
    retraining_stages,
    run_stages,
    stage_kind,
    stage_title,
    stages_made,
)
from ejmap_assets.lineage.stages import Stage
from ejmap_assets.runs.in_process import (
    PlannedRun,
    RunFailedError,
    execute,
    failure_sentence,
    warnings_of,
    was_interrupted,
)
from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_assets.runs.parts import Part
from ejmap_assets.runs.run_plan import RunPlan, Training
from ejmap_assets.status.costs import Rates
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.progress import Listener


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
        self._plan = RunPlan(project=project, instance=instance)

    def run(self) -> list[str]:
        """Make everything that is missing or stale; a candidate is made and judged last.

        Returns:
            A sentence for each failed run that did not block later stages.

        Raises:
            RunFailedError: If a run failed that later stages need.
        """
        return self._follow(run_stages(self._project), self._plan.runs_of)

    def make_part(self, part: Part) -> list[str]:
        """Make one part of what :meth:`run` makes; see there."""
        return self._follow(part.stages, replace(self._plan, only=part.only).runs_of)

    def repair(self) -> list[str]:
        """Map missing and stale craters, then refresh the map and its scores; see run."""
        return self._follow(stages_made(self._project, stages.REPAIRING), self._plan.runs_of)

    def vet(self) -> list[str]:
        """Score the catalogue again if it, the mosaic or the settings changed; see run."""
        wanted = [stage for stage in stages.STAGES if stage.job in (stages.PREPARE, stages.VET)]
        return self._follow(stages_made(self._project, wanted), self._plan.runs_of)

    def retrain(self) -> list[str]:
        """Train versions whose labels or settings changed, and let the gate decide; see run.

        This maps no crater: the automation sensor or ``repair`` notices the promotion.
        """
        return self._follow(retraining_stages(self._project), self._plan.runs_of)

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
            self._plan.register(training)
        kinds = {training.kind for training in trainings}
        wanted = [
            stage
            for stage in stages.RETRAINING
            if stage in (stages.SOURCES, stages.LABELS) or stage_kind(stage) in kinds
        ]
        self._follow(
            wanted,
            lambda stage: self._plan.trainings(stage, trainings),
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
        rates = Rates(self._plan.book())
        cost = rates.cost(one for run in planned for one in self._plan.artefacts(run))
        if cost.is_long:
            self._listener.line(f"      takes {cost.words}")

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
