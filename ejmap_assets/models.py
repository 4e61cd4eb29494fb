"""Models of a project: their configurations, their training and which of them make the maps.

Everything that loads torch is imported where it is used: the code location must load without it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from ejmap_assets.failures import StepError
from ejmap_assets.model_choice import configured_version
from ejmap_assets.project_paths import ModelKind, ProjectPaths
from ejmap_assets.resources import OpenProject
from ejmap_ml.config import ModelConfig

if TYPE_CHECKING:
    from ejmap_ml.bundle import ModelBundle
    from ejmap_ml.fit import FitResult
    from ejmap_ml.samples import SampleSet
    from ejmap_ml.tile_group import TileGroup, TileStore

SPLIT_STREAM = 7
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


def train_member(
    config: ModelConfig,
    stores: Sequence[Path],
    *,
    folder: Path,
    seed: int,
    inputs: dict[str, str],
    report: Callable[[str], None],
) -> "FitResult":
    """Train one member of an ensemble.

    Args:
        config: The model.
        stores: Tile stores of the training set.
        folder: Where an interrupted training is taken up.
        seed: Decides weights, order, augmentation and which samples validate.
        inputs: Data versions of what it is trained on.
        report: Receives a line now and then.

    Raises:
        MlError: If there are no samples, or they do not fit the model.
    """
    from ejmap_ml.fit import fit
    from ejmap_ml.samples import FitData
    from ejmap_ml.sampling import SubsetSamples
    from ejmap_ml.splits import stratified_split
    from ejmap_ml.tile_group import TileStore

    samples, strata = _samples(config, [TileStore.open(path) for path in stores])
    trains, validates = stratified_split(
        strata,
        fraction=config.training.validation_fraction,
        rng=np.random.default_rng((seed, SPLIT_STREAM)),
    )
    data = FitData(
        train=SubsetSamples(samples, trains),
        validation=SubsetSamples(samples, validates) if len(validates) else None,
        inputs=inputs,
    )
    return fit(config, data, folder=folder, seed=seed, report=report)


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

    version = configured_version(project, kind)
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


def _samples(config: ModelConfig, stores: Sequence["TileStore"]) -> tuple["SampleSet", np.ndarray]:
    """Return the samples of a model and the stratum of each."""
    from ejmap_assets.crater_tiles import LABELLED_PREFIX
    from ejmap_ml.config import PolarUnetConfig, SmpConfig, TimmClassifierConfig
    from ejmap_ml.ejconn.data import EJECTA_PX, ConnectionSamples
    from ejmap_ml.ejseg.data import TileSamples
    from ejmap_ml.ejseg.polar_data import GROUP, PolarSamples
    from ejmap_ml.sampling import SubsetSamples

    def groups(prefix: str) -> list["TileGroup"]:
        return [
            store[name] for store in stores for name in store.group_names if name.startswith(prefix)
        ]

    match config.architecture:
        case TimmClassifierConfig():
            connections = ConnectionSamples(groups(LABELLED_PREFIX))
            return connections, connections.is_connected.astype(np.int_)
        case SmpConfig():
            tiles = TileSamples(groups(LABELLED_PREFIX), config)
            # As published: segmentation learns from tiles that hold ejecta.
            with_ejecta = np.flatnonzero(tiles.table[EJECTA_PX].to_numpy() > 0)
            return SubsetSamples(tiles, with_ejecta), np.zeros(with_ejecta.size, np.int_)
        case PolarUnetConfig(view=view):
            views = PolarSamples(groups(GROUP), config=view)
            return views, np.zeros(len(views), np.int_)
