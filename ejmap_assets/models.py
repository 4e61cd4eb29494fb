"""Models of a project: which of them make the maps.

Everything that loads torch is imported where it is used: the code location must load without it.
"""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ejmap_assets.failures import StepError
from ejmap_assets.model_choice import configured_version
from ejmap_assets.project_paths import ModelKind, ProjectPaths
from ejmap_assets.resources import OpenProject

if TYPE_CHECKING:
    from ejmap_ml.bundle import ModelBundle

# Seeds of members lie this far apart, so that those of neighbouring projects do not overlap.
SEED_STRIDE = 1000


class PromotedMember(BaseModel):
    """One trained member of a promoted ensemble."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    iteration: int
    data_version: str


class PromotedModel(BaseModel):
    """The note that says which ensemble maps the craters.

    Attributes:
        version: Version of the model.
        members: Its members.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    members: tuple[PromotedMember, ...]


def member_seed(project: OpenProject, iteration: int) -> int:
    """Return the seed of a member's weights, order and augmentation."""
    return project.settings.models.seed * SEED_STRIDE + iteration


def promoted_bundles(paths: ProjectPaths, kind: ModelKind) -> list["ModelBundle"]:
    """Read the members of the promoted ensemble.

    Raises:
        StepError: If nothing is promoted, or a member was trained again since.
        BundleError: If a bundle is incomplete or was altered.
    """
    from ejmap_ml.bundle import ModelBundle

    promoted = read_promoted(paths, kind)
    bundles = []
    for member in promoted.members:
        bundle = ModelBundle.load(
            paths.model_bundle(kind, version=promoted.version, iteration=member.iteration)
        )
        if bundle.data_version != member.data_version:
            raise StepError(
                f"member {member.iteration} of {kind} {promoted.version} was trained again after "
                f"its promotion; materialise promoted_{kind} to use it"
            )
        bundles.append(bundle)
    return bundles


def read_promoted(paths: ProjectPaths, kind: ModelKind) -> PromotedModel:
    """Read which ensemble maps the craters.

    Raises:
        StepError: If nothing is promoted yet.
    """
    note = paths.promoted_model(kind)
    if not note.is_file():
        raise StepError(f"no {kind} model is promoted; materialise promoted_{kind} first")
    return PromotedModel.model_validate_json(note.read_bytes())


def promote(project: OpenProject, kind: ModelKind) -> tuple[PromotedModel, list["ModelBundle"]]:
    """Let the configured version map the craters from now on, and write that down.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
    """
    from ejmap_ml.bundle import ModelBundle

    version = configured_version(project, kind).key
    bundles = [
        ModelBundle.load(project.paths.model_bundle(kind, version=version, iteration=iteration))
        for iteration in range(project.settings.models.iterations)
    ]
    members = tuple(
        PromotedMember(iteration=iteration, data_version=bundle.data_version)
        for iteration, bundle in enumerate(bundles)
    )
    promoted = PromotedModel(version=version, members=members)
    note = project.paths.promoted_model(kind)
    unfinished = note.with_name(f".{note.name}")
    unfinished.write_text(promoted.model_dump_json(indent=2) + "\n", encoding="utf-8")
    unfinished.replace(note)
    return promoted, bundles
