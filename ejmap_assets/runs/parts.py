"""A project brought up to date in parts, each of them the work of one batch job."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ejmap_assets import partitions
from ejmap_assets.lineage.project_stages import run_stages, stage_kind, stage_version
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import assets_of, crater_steps_of
from ejmap_assets.lineage.stages import CRATERS, PROMOTE, PROMOTED, REPAIRING, Stage
from ejmap_assets.partitions import MEMBERS
from ejmap_assets.runs.run_plan import RunPlan
from ejmap_assets.status.costs import Rates, time_of_run
from ejmap_project.estimates import MINUTE
from ejmap_project.models.model_version import is_given, member_count
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.clusters import ClusterSettings
from ejmap_project.slurm.chunks import divided, read_chunks, write_chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of what a project needs.

    Attributes:
        stages: Its stages.
        only: Members or craters to which it is limited, as partition keys; None for all.
    """

    stages: tuple[Stage, ...]
    only: frozenset[str] | None = None


def preparation(project: OpenProject) -> Part:
    """Return all that comes before the members, samples of the candidate included."""
    later = {*REPAIRING, *(stage for stage, _ in _member_stages(project))}
    return Part(
        stages=tuple(
            stage
            for stage in run_stages(project)
            if stage not in later and stage.job is not PROMOTE
        )
    )


def member(project: OpenProject, number: int) -> Part:
    """Return one of the members that are trained, counted from 0."""
    stage, key = trained_members(project)[number]
    return Part(stages=(stage,), only=frozenset({key}))


def promotion(project: OpenProject) -> Part:
    """Return all up to the promoted models; members that are missing yet are made."""
    stages = run_stages(project)
    return Part(stages=tuple(stages[: stages.index(PROMOTED) + 1]) if PROMOTED in stages else ())


def chunk(project: OpenProject, number: int) -> Part:
    """Return one of the chunks into which :func:`divide_craters` divided the craters."""
    chunks = read_chunks(chunks_file(project))
    return Part(stages=(CRATERS,), only=frozenset(chunks[number] if number < len(chunks) else ()))


def trained_members(project: OpenProject) -> list[tuple[Stage, str]]:
    """Return the members that are trained, the candidate's too, each with its partition key."""
    found: list[tuple[Stage, str]] = []
    for stage, iterations in _member_stages(project):
        kind, version = stage_kind(stage), stage_version(project, stage)
        assert kind is not None  # noqa: S101 - it is a stage of members
        assert version is not None  # noqa: S101 - it is a stage of members
        found += [
            (stage, str(partitions.member_key(version=version.key, iteration=one)))
            for one in range(iterations)
            if not is_given(project, kind, version.key, one)
        ]
    return found


def divide_craters(plan: RunPlan) -> None:
    """Divide the craters that need making into chunks that take equally long, and note them.

    Chunks are noted once, before the first of them begins: then no crater is in two jobs.
    """
    settings = plan.project.settings.cluster or ClusterSettings()
    book = plan.book()
    rates = Rates(book)
    seconds: dict[str, float] = {}
    for key, assets in plan.pending_craters(book):
        for asset in assets:
            made = book.last(asset, key)
            # A crater takes as long as it took; others take as long as craters do on average.
            known = None if made is None else made.seconds
            one = rates.cost([(asset, key)]).seconds if known is None else time_of_run(asset, known)
            seconds[key] = seconds.get(key, 0.0) + one
    least = settings.least_minutes * MINUTE
    chunks = divided(seconds, jobs=settings.jobs, least_seconds=least)
    write_chunks(chunks_file(plan.project), chunks)


def chunk_size(plan: RunPlan) -> int:
    """Return how many craters a run of a backfill takes, if all craters are to be mapped.

    As many as give every job the same number, but enough to be worth a job by the measured rates,
    and never more than ``mapping.chunk_craters``.
    """
    project = plan.project
    keys, cluster = list(project.craters()), project.settings.cluster or ClusterSettings()
    if not keys:
        return project.settings.mapping.chunk_craters
    artefacts = [(asset, keys[0]) for asset in crater_steps_of(project)]
    seconds = Rates(plan.book()).cost(artefacts).seconds
    worth = math.ceil(cluster.least_minutes * MINUTE / seconds)
    share = math.ceil(len(keys) / cluster.jobs)
    return min(max(share, worth, 1), project.settings.mapping.chunk_craters)


def chunks_file(project: OpenProject) -> Path:
    """Return the note of the chunks."""
    return project.paths.slurm / "chunks.json"


def _member_stages(project: OpenProject) -> Iterator[tuple[Stage, int]]:
    for stage in run_stages(project):
        kind, version = stage_kind(stage), stage_version(project, stage)
        is_of_members = LINEAGE[assets_of(stage)[0]].partitioning in MEMBERS
        if is_of_members and kind is not None and version is not None:
            yield stage, member_count(project, kind, version)
