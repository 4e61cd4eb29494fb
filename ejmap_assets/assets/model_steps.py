"""What models of both kinds share as assets: samples cut, members trained, versions promoted."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ejmap_assets.checks.rejected import red_checks
from ejmap_assets.launch_config import BY_HAND, ROLL_BACK
from ejmap_assets.lineage.recipe_settings import look_of
from ejmap_assets.making.declare import Making
from ejmap_geo.whole_file import write_text
from ejmap_project.artefact import Artefact, Facts
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.figures import training_curve
from ejmap_project.models.model_version import (
    ModelVersion,
    imported_from,
    model_of,
    version_and_iteration,
)
from ejmap_project.models.promotion import decide, roll_back
from ejmap_project.models.promotion_record import promotions
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.sources.known_planets import OWN_PLANET, known_planets
from ejmap_project.sources.published_source import has_mosaic, published_folder
from ejmap_project.training.sample_pictures import samples_picture
from ejmap_project.training.split_choice import read_split

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_ml.config.model_config import ModelConfig

# Written last into a folder of samples: what they were made from.
STAMP = "made_from.json"
# Seeds of members lie this far apart, so that those of neighbouring projects do not overlap.
SEED_STRIDE = 1000
SHOWN_PROMOTIONS = 10


def samples(making: Making, kind: ModelKind) -> Artefact:
    """Cut the samples that a version learns from; versions of one look share them.

    Raises:
        SourceError: If nothing is labelled.
    """
    version = ModelVersion.parse(making.partition or "")
    look = look_of(making.project, kind, version)
    folder = making.paths.samples(look)
    is_shared = _stamp_of(folder) == making.recipe.digest
    if is_shared:
        making.log.info("another version of the same look has cut them already: %s", folder)
    else:
        _cut(making, kind, version, folder=folder)
    note = making.paths.samples_note(kind, version.key)
    write_text(note, json.dumps({"look": look}) + "\n")
    return Artefact(
        content=content_version(making.recipe.digest),
        metadata={
            "version": version.key,
            "look": look,
            "shared_with_another_version": is_shared,
            **_counts(folder),
            **_pictured(folder),
            "path": str(folder),
        },
    )


def trained(making: Making, kind: ModelKind) -> Artefact:
    """Train the member that a run's partition names, score it on the test tiles, and save it.

    A member that was imported is left as its authors published it.

    Raises:
        StepError: If its samples or its split are missing.
        MlError: If there is nothing to learn from.
    """
    from ejmap_ml.bundles.bundle import ModelBundle

    key, iteration = version_and_iteration(making.partition or "")
    path = making.paths.model_bundle(kind, version=key, iteration=iteration)
    if imported_from(making.paths, kind, key, iteration) is not None:
        return _described(ModelBundle.load(path), path)
    config = model_of(making.project, kind, ModelVersion.parse(key), bands=_bands(making))
    return _train(making, kind, config, path=path)


def promoted(making: Making, kind: ModelKind) -> Artefact:
    """Decide which ensemble maps the craters from now on.

    Raises:
        BundleError: If a member is missing, incomplete or was altered.
        StepError: If there is nothing to roll back to.
    """
    asked = making.config
    if asked["mode"] == ROLL_BACK:
        decided = roll_back(making.project, kind, to=asked["to"], reason=asked["reason"])
    else:
        decided = decide(
            making.project,
            kind,
            by_hand=asked["mode"] == BY_HAND,
            reason=asked["reason"],
            red_checks=red_checks(making.project, making.instance, f"promoted_{kind}"),
        )
    making.log.info("%s: %s", decided.decision, decided.reason)
    record = pd.DataFrame(
        [
            {
                "decided": one.decided_utc,
                "decision": one.decision.value,
                "maps the craters": f"{one.current.version} ({one.current.digest})",
                "candidate": f"{one.candidate.version} ({one.candidate.digest})",
                "reason": one.reason,
            }
            for one in reversed(promotions(making.paths, kind)[-SHOWN_PROMOTIONS:])
        ]
    )
    score = decided.current.score
    return Artefact(
        content=decided.current.digest,
        metadata={
            "decision": decided.decision.value,
            "reason": decided.reason,
            "version": decided.current.version,
            "ensemble": decided.current.digest,
            "members": len(decided.current.members),
            **({} if score is None else {"test_f1": score}),
            "candidate": decided.candidate.digest,
            "record": record,
            "path": str(making.paths.stored_ensemble(kind, decided.current.digest)),
        },
    )


def member_seed(project: OpenProject, iteration: int) -> int:
    """Return the seed of a member's weights, order and augmentation."""
    return project.settings.models.seed * SEED_STRIDE + iteration


def _cut(making: Making, kind: ModelKind, version: ModelVersion, *, folder: Path) -> None:
    from ejmap_project.mapping.tile_plan import TilePlan
    from ejmap_project.training.planet_samples import write_samples
    from ejmap_project.training.published_samples import write_published_samples

    config = model_of(making.project, kind, version, bands=_bands(making))
    plan = TilePlan.of(ejconn=config) if kind == "ejconn" else TilePlan.of(ejseg=config)
    labelled = pd.read_parquet(making.paths.labelled_tiles)
    shutil.rmtree(folder, ignore_errors=True)
    published = published_folder(making.project)
    if published is not None and not has_mosaic(making.project):
        making.progress.say("reading the published tiles")
        write_published_samples(
            folder / f"{OWN_PLANET}.zarr",
            published,
            craters=making.project.craters().values(),
            labelled=labelled[labelled["planet"] == OWN_PLANET],
            plan=plan,
            body=making.settings.planet,
            inputs=making.recipe.input_versions,
        )
        _stamp(folder, making)
        return
    for named in known_planets(making.project):
        making.progress.say(f"cutting samples of {named.name}")
        write_samples(
            folder / f"{named.name}.zarr",
            named,
            labelled=labelled[labelled["planet"] == named.name],
            plan=plan,
            inputs=making.recipe.input_versions,
        )
    _stamp(folder, making)


def _stamp(folder: Path, making: Making) -> None:
    write_text(folder / STAMP, json.dumps(making.recipe.digest) + "\n")


def _train(making: Making, kind: ModelKind, config: "ModelConfig", *, path: Path) -> Artefact:
    from ejmap_ml.samples import FitData
    from ejmap_ml.training.fit import fit
    from ejmap_ml.training.member_scores import score_member, with_test_scores
    from ejmap_project.training.member_samples import Labels, member_samples

    key, iteration = version_and_iteration(making.partition or "")
    seed = member_seed(making.project, iteration)
    parts = member_samples(
        config,
        sorted(_samples_of(making, kind, key).glob("*.zarr")),
        labels=Labels(
            tiles=pd.read_parquet(making.paths.labelled_tiles),
            split=read_split(making.paths, ModelVersion.parse(key).split),
            is_known_everywhere=making.settings.is_known_everywhere,
        ),
        seed=seed,
    )
    scratch = path.with_name(f"training_{iteration:02d}")
    result = fit(
        config,
        FitData(
            train=parts.train,
            validation=parts.validation,
            inputs=making.recipe.input_versions,
            train_table=parts.table,
        ),
        folder=scratch,
        seed=seed,
        report=making.progress.say,
        events=making.paths.training_log(kind, version=key, iteration=iteration),
    )
    bundle = result.bundle
    if parts.test is not None:
        making.progress.say("scoring the member on the test tiles")
        scores = score_member(bundle, parts.test, batch_size=config.training.batch_size)
        bundle = with_test_scores(bundle, scores)
    bundle.save(path)
    shutil.rmtree(scratch)
    described = _described(bundle, path)
    curve: Facts = {"picture": training_curve(result.history)}
    return Artefact(content=described.content, metadata={**described.metadata, **curve})


def _described(bundle: "ModelBundle", path: Path) -> Artefact:
    provenance = bundle.provenance
    return Artefact(
        content=content_version(bundle.data_version),
        metadata={
            "architecture": bundle.config.architecture.kind,
            "bands": bundle.config.bands,
            "samples": provenance.samples or 0,
            "steps": provenance.steps or 0,
            "weights": sum(value.numel() for value in bundle.weights.values()),
            "seed": provenance.seed if provenance.seed is not None else "unknown",
            **{name: float(value) for name, value in provenance.scores.items()},
            "configuration": bundle.config.model_dump(mode="json"),
            "path": str(path),
        },
    )


def _samples_of(making: Making, kind: ModelKind, key: str) -> Path:
    note = making.paths.samples_note(kind, key)
    if not note.is_file():
        raise StepError(f"{note} is missing; materialise {kind}_samples of {key} first")
    folder = making.paths.samples(json.loads(note.read_bytes())["look"])
    if _stamp_of(folder) is None:
        raise StepError(f"{folder} is incomplete; materialise {kind}_samples of {key} again")
    return folder


def _stamp_of(folder: Path) -> str | None:
    stamp = folder / STAMP
    return json.loads(stamp.read_bytes()) if stamp.is_file() else None


def _counts(folder: Path) -> Facts:
    from ejmap_ml.stores.tile_group import TileStore

    stores = {path.stem: TileStore.open(path) for path in sorted(folder.glob("*.zarr"))}
    tiles = {
        planet: sum(store[name].tile_count for name in store.group_names)
        for planet, store in stores.items()
    }
    return {"samples": sum(tiles.values()), "by_planet": tiles}


def _pictured(folder: Path) -> Facts:
    found = samples_picture(folder)
    return {} if found is None else {"picture": found}


def _bands(making: Making) -> int:
    from ejmap_project.basemap import read_project_basemap

    return making.settings.trained_bands or read_project_basemap(making.project).raster.shape[0]
