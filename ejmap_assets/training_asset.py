"""What models of both kinds share as assets: a member is trained, a version promoted."""

import shutil

from dagster import MetadataValue

from ejmap_assets import partitions
from ejmap_assets.artefact import Artefact
from ejmap_assets.declare import Making
from ejmap_assets.failures import StepError
from ejmap_assets.model_choice import configured_model, configured_version
from ejmap_assets.models import member_seed, promote, train_member
from ejmap_assets.plots import training_curve
from ejmap_assets.project_paths import ModelKind
from ejmap_assets.provenance import content_version


def trained(making: Making, kind: ModelKind) -> Artefact:
    """Train the member that a run's partition names, and save it as a bundle.

    Raises:
        StepError: If the version is not the one that the project's settings name.
        MlError: If there is nothing to learn from.
    """
    version, iteration = partitions.version_and_iteration(making.partition or "")
    _require_configured(making, kind, version)
    stores = sorted(making.paths.training_set.glob("*.zarr"))
    config = configured_model(making.project, kind, bands=_bands(making))
    bundle_path = making.paths.model_bundle(kind, version=version, iteration=iteration)
    scratch = bundle_path.with_name(f"training_{iteration:02d}")
    result = train_member(
        config,
        stores,
        folder=scratch,
        seed=member_seed(making.project, iteration),
        inputs=making.recipe.input_versions,
        report=making.progress.say,
    )
    result.bundle.save(bundle_path)
    shutil.rmtree(scratch)
    provenance = result.bundle.provenance
    scores = {f"best_{name}": float(value) for name, value in provenance.scores.items()}
    return Artefact(
        content=content_version(result.bundle.data_version),
        metadata={
            "architecture": config.architecture.kind,
            "bands": config.bands,
            "samples": provenance.samples or 0,
            "steps": provenance.steps or 0,
            "weights": sum(value.numel() for value in result.bundle.weights.values()),
            "seed": member_seed(making.project, iteration),
            **scores,
            "configuration": MetadataValue.json(config.model_dump(mode="json")),
            "path": str(bundle_path),
            "picture": training_curve(result.history),
        },
    )


def promoted(making: Making, kind: ModelKind) -> Artefact:
    """Let the configured version make the maps, and say which members it has.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
    """
    note, bundles = promote(making.project, kind)
    versions = {str(member.iteration): member.data_version[:16] for member in note.members}
    return Artefact(
        content=content_version(*(member.data_version for member in note.members)),
        metadata={
            "version": note.version,
            "members": len(note.members),
            "member_versions": MetadataValue.json(versions),
            "seeds": MetadataValue.json([bundle.provenance.seed for bundle in bundles]),
            "path": str(making.paths.promoted_model(kind)),
        },
    )


def _require_configured(making: Making, kind: ModelKind, version: str) -> None:
    wanted = configured_version(making.project, kind)
    if version != wanted:
        raise StepError(
            f"{kind} version {version} is not the one that project.yaml names ({wanted}); set "
            f"models.{kind} to train it"
        )


def _bands(making: Making) -> int:
    from ejmap_assets.crater_work import read_project_basemap

    return making.settings.trained_bands or read_project_basemap(making.project).raster.shape[0]
