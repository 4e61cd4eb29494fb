"""The stages of a project: which it has, in which order, and which model version each is for."""

from collections.abc import Collection, Sequence

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import assets_made, assets_of, models_to_make
from ejmap_assets.lineage.stages import (
    LABELS,
    MAP,
    OF_CANDIDATE,
    REPAIRING,
    RETRAINING,
    STAGES,
    Stage,
)
from ejmap_assets.partitions import MEMBERS, VERSIONS
from ejmap_project.models.model_version import (
    ModelVersion,
    candidate_version,
    configured_version,
    is_wholly_given,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind


def stages_made(project: OpenProject, stages: Sequence[Stage] = STAGES) -> list[Stage]:
    """Return the stages of a project: those that make an asset of it."""
    return _stages_of(project, stages, assets_made(project))


def _stages_of(
    project: OpenProject, stages: Sequence[Stage], assets: Collection[str]
) -> list[Stage]:
    return [stage for stage in stages if _makes(project, stage, assets)]


def run_stages(project: OpenProject) -> list[Stage]:
    """Return the stages that bring a project up to date, in their order.

    The map comes first where no model that makes it is trained: then labels serve scores and the
    candidate. What the candidate changes, if only the comparison of models, is made behind it.
    """
    assets = assets_made(project)
    made = _stages_of(project, STAGES, assets)
    if LABELS in made and MAP in made and _maps_with_given_models(project):
        made.remove(LABELS)
        made.insert(made.index(MAP) + 1, LABELS)
    candidate = _stages_of(project, OF_CANDIDATE, assets)
    return [*made, *candidate, *(_stages_of(project, REPAIRING, assets) if candidate else ())]


def retraining_stages(project: OpenProject) -> list[Stage]:
    """Return the stages from the files that a person edits to promoted models."""
    return stages_made(project, (*RETRAINING, *OF_CANDIDATE))


def stage_kind(stage: Stage) -> ModelKind | None:
    """Return the model whose versions or members a stage makes; None for the other stages."""
    partitioning = LINEAGE[assets_of(stage)[0]].partitioning
    return partitioning.model_kind if partitioning in VERSIONS | MEMBERS else None


def stage_version(project: OpenProject, stage: Stage) -> ModelVersion | None:
    """Return the version whose samples or members a stage makes; None if it makes none."""
    kind = stage_kind(stage)
    if kind is None:
        return None
    return candidate_version(project) if stage.repeats else configured_version(project, kind)


def stage_title(project: OpenProject, stage: Stage) -> str:
    """Return what a stage does in a project."""
    return stage.given_title if stage.given_title and _is_given(project, stage) else stage.title


def _makes(project: OpenProject, stage: Stage, made: Collection[str]) -> bool:
    if stage.repeats and candidate_version(project) is None:
        return False
    names = assets_of(stage)
    # Members that come as files need no samples.
    if LINEAGE[names[0]].partitioning in VERSIONS and _is_given(project, stage):
        return False
    return any(name in made for name in names)


def _is_given(project: OpenProject, stage: Stage) -> bool:
    """Return whether the version of a stage comes as files, so that nothing is trained for it."""
    kind, version = stage_kind(stage), stage_version(project, stage)
    return kind is not None and version is not None and is_wholly_given(project, kind, version)


def _maps_with_given_models(project: OpenProject) -> bool:
    return all(
        is_wholly_given(project, kind, configured_version(project, kind))
        for kind in models_to_make(project)
    )
