"""One member of a model's ensemble: trained here and scored on the test tiles, or copied."""

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ejmap_project.artefact import Artefact, Facts, Markdown
from ejmap_project.digest import content_version
from ejmap_project.figures import distance_reliability_plot, training_curve
from ejmap_project.models.model_version import (
    ModelVersion,
    imported_from,
    member_count,
    model_of,
    ready_made,
)
from ejmap_project.models.ready_models import copy_member
from ejmap_project.models.starting_member import starting_member
from ejmap_project.models.tuning_gate import LEAST_CRATERS, fold_count
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.progress import Progress
from ejmap_project.training.cut_samples import samples_of
from ejmap_project.training.split_choice import read_split

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle
    from ejmap_ml.bundles.training_record import TrainingRecord
    from ejmap_ml.config.model_config import ModelConfig
    from ejmap_ml.samples import FitData
    from ejmap_project.training.member_samples import Labels, MemberSamples

# Seeds of members, of which weights, order and augmentation come, lie this far apart, so that those
# of neighbouring projects do not overlap.
SEED_STRIDE = 1000


def train_member(
    project: OpenProject,
    kind: ModelKind,
    version: str,
    iteration: int,
    *,
    inputs: Mapping[str, str],
    progress: Progress,
) -> Artefact:
    """Train a member, score it on the test tiles, and save it.

    A ready-made member is copied instead, and one that was imported is left as its authors
    published it. A polar member that starts from another one holds back a fold of the labelled
    craters and is scored on them beside its start; where too few are labelled, it stays as it was.
    The bundle keeps the data versions of what the member learned from (``inputs``).

    Raises:
        BundleError: If there is no such ready-made member, or it was altered; or a model does not
            fit the one that it starts from.
        StepError: If its samples or its split are missing.
        MlError: If there is nothing to learn from.
    """
    path = project.paths.model_bundle(kind, version=version, iteration=iteration)
    given = _given(project, kind, version, iteration)
    if given is not None:
        return given
    # Not before: what trains takes seconds to import.
    from ejmap_ml.training.fit import fit
    from ejmap_project.training.member_samples import CraterFold, member_samples

    config = model_of(project, kind, ModelVersion.parse(version))
    seed = project.settings.models.seed * SEED_STRIDE + iteration
    stores = samples_of(project, kind, version)
    found = starting_member(project, kind, version, iteration)
    start = None if found is None else found.load()
    fold = None
    if start is not None and config.is_polar:
        kept = _untuned(start, config, stores, path=path, inputs=inputs, progress=progress)
        if kept is not None:
            return kept
        members = member_count(project, kind, ModelVersion.parse(version))
        fold = CraterFold(iteration, fold_count(members))
    method, labels = project.settings.used_method, _labels(project, version)
    draw = method.validation
    parts = member_samples(config, stores, labels=labels, seed=seed, draw=draw, fold=fold)
    scratch = path.with_name(f"training_{iteration:02d}")
    result = fit(
        config,
        _fit_data(parts, inputs, by_split=method.normalization == "split"),
        folder=scratch,
        seed=seed,
        start=None if start is None else start.weights,
        report=progress.say,
        events=project.paths.training_log(kind, version=version, iteration=iteration),
    )
    bundle = _scored(result.bundle, stores, start, parts, progress)
    bundle.save(path)
    shutil.rmtree(scratch)
    return _described(bundle, path).with_facts({"picture": training_curve(result.history)})


def _fit_data(parts: "MemberSamples", inputs: Mapping[str, str], *, by_split: bool) -> "FitData":
    from ejmap_ml.samples import FitData

    return FitData(
        train=parts.train,
        validation=parts.validation,
        normalizing=parts.usable if by_split else None,
        inputs=inputs,
        train_table=parts.table,
    )


def _untuned(
    start: "ModelBundle",
    config: "ModelConfig",
    stores: Sequence[Path],
    *,
    path: Path,
    inputs: Mapping[str, str],
    progress: Progress,
) -> Artefact | None:
    """Save a member as it started, where too few craters have masks; None where enough have."""
    from ejmap_project.training.tuning import labelled_craters, untuned

    craters = labelled_craters(stores)
    if craters >= LEAST_CRATERS:
        return None
    progress.say(f"{craters} crater(s) have masks and {LEAST_CRATERS} are needed: nothing to train")
    bundle = untuned(start, config, craters=craters, inputs=inputs)
    bundle.save(path)
    return _described(bundle, path)


def _labels(project: OpenProject, version: str) -> "Labels":
    from ejmap_project.training.member_samples import Labels

    return Labels(
        tiles=pd.read_parquet(project.paths.labelled_tiles),
        split=read_split(project.paths, ModelVersion.parse(version).split),
        is_known_everywhere=project.settings.is_known_everywhere,
    )


def _scored(
    bundle: "ModelBundle",
    stores: Sequence[Path],
    start: "ModelBundle | None",
    parts: "MemberSamples",
    progress: Progress,
) -> "ModelBundle":
    """Return a member with its scores on test tiles and on craters that were held back.

    Args:
        bundle: The member, whose training has just ended.
        stores: Tile stores that it learned from.
        start: The member that it started from; None for random weights.
        parts: Its samples.
        progress: Told of what begins.
    """
    trained_s = time.monotonic()
    from ejmap_ml.training.member_scores import score_member, with_test_scores
    from ejmap_project.training.training_views import with_view_ranges
    from ejmap_project.training.tuning import tuned_member

    bundle = with_view_ranges(bundle, stores)
    if parts.test is not None:
        progress.say("scoring the member on the test tiles")
        batch_size, begun_s = bundle.config.training.batch_size, time.monotonic()
        scores = score_member(bundle, parts.test, batch_size=batch_size)
        test_s = time.monotonic() - begun_s
        bundle = with_test_scores(bundle, scores, beginning_s=begun_s - trained_s, test_s=test_s)
    if start is None:
        return bundle
    progress.say("scoring the member on craters that were held back")
    return tuned_member(bundle, start, parts.held_out)


def _given(project: OpenProject, kind: ModelKind, version: str, iteration: int) -> Artefact | None:
    """Return a member that comes as files, a ready-made one copied; None for one to train."""
    from ejmap_ml.bundles.bundle import ModelBundle

    path = project.paths.model_bundle(kind, version=version, iteration=iteration)
    ready = ready_made(project, kind, ModelVersion.parse(version))
    if ready is not None:
        return _described(copy_member(project, ready, iteration, path), path, card=ready.card)
    if imported_from(project.paths, kind, version, iteration) is not None:
        return _described(ModelBundle.load(path), path)
    return None


def _described(bundle: "ModelBundle", path: Path, *, card: str = "") -> Artefact:
    provenance = bundle.provenance
    shown: Facts = {"card": Markdown(card)} if card else {}
    if provenance.reliability:
        shown["reliability_by_distance"] = distance_reliability_plot(provenance.reliability)
    versions = [bundle.data_version]
    if provenance.started_from is not None:
        # With too few masks it stays what it starts from, and the gate says how few there were.
        versions.append(f"{provenance.samples} samples")
    return Artefact(
        content=content_version(*versions),
        metadata={
            "architecture": bundle.config.architecture.kind,
            "bands": bundle.config.bands,
            "reads": bundle.config.reads_words,
            "samples": provenance.samples or 0,
            "steps": provenance.steps or 0,
            "weights": sum(value.numel() for value in bundle.weights.values()),
            "seed": provenance.seed if provenance.seed is not None else "unknown",
            "source": provenance.source or "trained in this project",
            **_record_facts(provenance.record),
            **_held_out_facts(bundle),
            "provenance": provenance.model_dump(mode="json", exclude={"reliability"}),
            **{name: float(value) for name, value in provenance.scores.items()},
            **shown,
            "configuration": bundle.config.model_dump(mode="json"),
            "path": str(path),
        },
    )


def _record_facts(record: "TrainingRecord | None") -> Facts:
    return {} if record is None else {**record.model_dump(), "runtime_s": record.runtime_s}


def _held_out_facts(bundle: "ModelBundle") -> Facts:
    scores = bundle.provenance.held_out
    if not scores:
        return {}
    table = pd.DataFrame([one.model_dump() for one in scores])
    return {
        "held_out_f1": float(table["f1"].mean()),
        "held_out_f1_of_start": float(table["start_f1"].mean()),
        "held_out_craters": table,
    }
