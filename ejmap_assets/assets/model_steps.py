"""Functions that the assets of both models share: samples, trained members, promotions."""

from collections.abc import Iterator, Sequence

from ejmap_assets.checks.rejected import failed_checks
from ejmap_assets.launch_config import BY_HAND, ROLL_BACK
from ejmap_assets.making.declare import ProjectTask
from ejmap_project.artefact import Artefact
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_version,
    version_and_iteration,
    version_named,
)
from ejmap_project.models.promote import promote
from ejmap_project.models.promotion import versions_to_judge
from ejmap_project.paths import ModelKind
from ejmap_project.training.cut_samples import cut_samples
from ejmap_project.training.train_member import train_member


def samples(task: ProjectTask, kind: ModelKind) -> Artefact:
    """Cut the samples of the version in the partition key."""
    return cut_samples(
        task.project,
        kind,
        task.partition or "",
        recipe=task.recipe.digest,
        inputs=task.recipe.input_versions,
        progress=task.progress,
        tell=task.log.info,
    )


def trained(task: ProjectTask, kind: ModelKind) -> Artefact:
    """Train the member in the partition key."""
    version, iteration = version_and_iteration(task.partition or "")
    inputs = task.recipe.input_versions
    return train_member(
        task.project, kind, version, iteration, inputs=inputs, progress=task.progress
    )


def promoted(task: ProjectTask, kind: ModelKind) -> Artefact:
    """Promote as the run configuration says; a roll-back ignores failed checks.

    Returns:
        The ensemble that maps the craters after the last decision, with the record of all.
    """
    stated = {key: task.config[key] for key in ("mode", "to", "reason")}
    decided = [
        promote(task.project, kind, version=version, red_checks=red, tell=task.log.info, **stated)
        for version, red in _asked(kind, task=task)
    ]
    return decided[-1]


def _asked(kind: ModelKind, *, task: ProjectTask) -> Iterator[tuple[ModelVersion, Sequence[str]]]:
    """Yield the versions to decide on, each with its checks that fail at that moment."""
    for version in _versions(kind, task=task):
        is_back = task.config["mode"] == ROLL_BACK
        yield version, [] if is_back else failed_checks(task.project, task.instance, kind, version)


def _versions(kind: ModelKind, *, task: ProjectTask) -> Sequence[ModelVersion]:
    """Return the version that is named, or those that the settings name."""
    if task.config["version"]:
        named = ModelVersion.parse(task.config["version"])
        on_split = named.split is not None
        return [named if on_split else version_named(task.project, kind, named.name)]
    if task.config["mode"] in (BY_HAND, ROLL_BACK):
        return [configured_version(task.project, kind)]
    return versions_to_judge(task.project, kind)
