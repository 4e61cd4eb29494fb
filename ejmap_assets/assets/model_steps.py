"""Functions that the assets of both models share: samples, trained members, promotions."""

from ejmap_assets.checks.rejected import failed_checks
from ejmap_assets.launch_config import ROLL_BACK
from ejmap_assets.lineage.recipe_settings import sample_set_of
from ejmap_assets.making.declare import ProjectTask
from ejmap_project.artefact import Artefact
from ejmap_project.models.model_version import ModelVersion, version_and_iteration
from ejmap_project.models.promote import promote
from ejmap_project.paths import ModelKind
from ejmap_project.training.cut_samples import cut_samples
from ejmap_project.training.train_member import train_member


def samples(task: ProjectTask, kind: ModelKind) -> Artefact:
    """Cut the samples of the version in the partition key."""
    version = task.partition or ""
    return cut_samples(
        task.project,
        kind,
        version,
        sample_set=sample_set_of(task.project, kind, ModelVersion.parse(version)),
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
    """Promote as the run configuration says; a roll-back ignores failed checks."""
    is_back = task.config["mode"] == ROLL_BACK
    red = [] if is_back else failed_checks(task.project, task.instance, f"promoted_{kind}")
    return promote(task.project, kind, **task.config, red_checks=red, tell=task.log.info)
