"""What the assets of both models share: samples, trained members, promotions."""

from ejmap_assets.checks.rejected import failed_checks
from ejmap_assets.launch_config import ROLL_BACK
from ejmap_assets.lineage.recipe_settings import sample_set_of
from ejmap_assets.making.declare import Making
from ejmap_project.artefact import Artefact
from ejmap_project.models.model_version import ModelVersion, version_and_iteration
from ejmap_project.models.promote import promote
from ejmap_project.paths import ModelKind
from ejmap_project.training.cut_samples import cut_samples
from ejmap_project.training.train_member import train_member


def samples(making: Making, kind: ModelKind) -> Artefact:
    """Cut the samples of the version that a run's partition names."""
    version = making.partition or ""
    return cut_samples(
        making.project,
        kind,
        version,
        sample_set=sample_set_of(making.project, kind, ModelVersion.parse(version)),
        recipe=making.recipe.digest,
        inputs=making.recipe.input_versions,
        progress=making.progress,
        tell=making.log.info,
    )


def trained(making: Making, kind: ModelKind) -> Artefact:
    """Train the member that a run's partition names."""
    version, iteration = version_and_iteration(making.partition or "")
    inputs = making.recipe.input_versions
    return train_member(
        making.project, kind, version, iteration, inputs=inputs, progress=making.progress
    )


def promoted(making: Making, kind: ModelKind) -> Artefact:
    """Decide as the run's configuration asks; a roll-back does not wait for green checks."""
    is_back = making.config["mode"] == ROLL_BACK
    red = [] if is_back else failed_checks(making.project, making.instance, f"promoted_{kind}")
    return promote(making.project, kind, **making.config, red_checks=red, tell=making.log.info)
