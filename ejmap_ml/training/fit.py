"""Training a model from samples to a bundle, from the start or from where it was interrupted."""

import hashlib
import json
import math
import pickle
import platform
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import assert_never

import pandas as pd
import torch
from torch import Tensor

from ejmap_geo.whole_file import write_text
from ejmap_ml.bundles.bundle import ModelBundle, Provenance, expected_weights
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.bundles.training_record import TrainingRecord
from ejmap_ml.bundles.weights import check_weights, content_digest, read_weights
from ejmap_ml.config.model_config import (
    ModelConfig,
)
from ejmap_ml.config.normalization_config import (
    FixedNormalizationConfig,
    NoNormalizationConfig,
    TrainNormalizationConfig,
)
from ejmap_ml.samples import FitData, SampleSet
from ejmap_ml.sampling.augment import Augmenter, build_augmenter
from ejmap_ml.sampling.batches import BatchLoader, serial_batches
from ejmap_ml.training.binary_task import BinaryTask, ValidatedTask
from ejmap_ml.training.checkpoints import BEST, LAST, BestAndLast
from ejmap_ml.training.progress import Report
from ejmap_ml.training.threads import KEPT_THREADS, Step, chosen_threads, threads
from ejmap_ml.training.trainer import COUNTERS, EpochPlan, TrainingLog, plan_epochs, train

RUN = "run.json"
UNREADABLE = (OSError, ValueError, KeyError, EOFError, RuntimeError, pickle.UnpicklingError)
PACKAGES = ("torch", "lightning", "timm", "segmentation-models-pytorch")


@dataclass(frozen=True, slots=True, kw_only=True)
class FitResult:
    """A trained model and how it came about.

    Attributes:
        bundle: The model with its best weights.
        history: One row an epoch: epoch, step, train_loss and, where validated, val_* scores.
        best_epoch: Epoch (from 0) of the weights in the bundle.
        best_score: Validation score of that epoch, the one that the configuration watches; None
            without validation.
        resumed_from_step: Step at which an interrupted training was taken up; None for a new one.
        seconds: Wall-clock time of this run.
    """

    bundle: ModelBundle
    history: pd.DataFrame
    best_epoch: int
    best_score: float | None
    resumed_from_step: int | None
    seconds: float


def fit(
    config: ModelConfig,
    data: FitData,
    *,
    folder: Path,
    seed: int,
    start: Mapping[str, Tensor] | None = None,
    augmenter: Augmenter | None = None,
    report: Report | None = None,
    events: Path | None = None,
) -> FitResult:
    """Train a model, or go on where a run with the same arguments was interrupted.

    Same arguments give the same weights on the same machine with the same number of threads,
    whether interrupted or not; torch's global generator is left as it was. A longer training on
    CPUs takes one thread or all, as :mod:`ejmap_ml.training.threads` measures at its start.

    Args:
        config: The model and how it is trained.
        data: What it is trained on.
        folder: Where checkpoints and ``history.csv`` lie.
        seed: Decides weights, order, dropout and augmentation.
        start: State of the network to begin with; None takes pretrained or random weights.
        augmenter: Change of training batches; None takes the one of the configuration.
        report: Receives progress lines; None writes them to the terminal or log.
        events: Where TensorBoard's event files go, if it is installed; None writes none.

    Raises:
        SampleError: There is no training sample, or nothing that tells how to weigh samples.
        WeightsUnavailableError: Pretrained weights are configured and cannot be had.
        BundleError: The weights to begin with are not those of the configured network.
    """
    started_s = time.monotonic()
    plan = plan_epochs(config, data, seed=seed)
    normalization = find_normalization(config, data.normalized_by)
    fingerprint = _fingerprint(config, data, normalization, seed=seed, start=start)
    resumed_from_step = _resumable_step(folder, fingerprint=fingerprint)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        network = _network(config, normalization, start)
        task = _task(network, config, plan, data=data, seed=seed, augmenter=augmenter)
        log = TrainingLog(folder=folder, events=events, report=report)
        resumes = resumed_from_step is not None
        with threads(_thread_count(task, plan, data=data, folder=folder)):
            begun_s = time.monotonic()
            keeper = train(task, plan, config=config, data=data, log=log, is_resumed=resumes)
    bundle = ModelBundle(
        config=config,
        weights=read_weights(folder / BEST, wanted=expected_weights(config)),
        normalization=normalization,
        provenance=_provenance(data, seed, keeper, (started_s, begun_s)),
    )
    return FitResult(
        bundle=bundle,
        history=pd.DataFrame(keeper.history),
        best_epoch=keeper.best_epoch,
        best_score=keeper.best_score,
        resumed_from_step=resumed_from_step,
        seconds=time.monotonic() - started_s,
    )


def _network(
    config: ModelConfig, normalization: Normalization | None, start: Mapping[str, Tensor] | None
) -> NormalizedNetwork:
    network = NormalizedNetwork(build_network(config, pretrained=start is None), normalization)
    if start is not None:
        check_weights(start, wanted=network.state_dict())
        network.load_state_dict(dict(start))
    if torch.cuda.is_available():
        # On CPUs training is a quarter slower that way; prediction is not (see bundles.inference).
        network = network.to(memory_format=torch.channels_last)
    return network


def _task(
    network: NormalizedNetwork,
    config: ModelConfig,
    plan: EpochPlan,
    *,
    data: FitData,
    seed: int,
    augmenter: Augmenter | None,
) -> BinaryTask:
    make_task = ValidatedTask if data.is_validated else BinaryTask
    return make_task(
        network,
        config,
        seed=seed,
        total_steps=plan.epochs * len(plan.batches),
        augmenter=augmenter or build_augmenter(config.augmentation, bands=config.bands),
    )


def _thread_count(task: BinaryTask, plan: EpochPlan, *, data: FitData, folder: Path) -> int:
    """Choose the number of threads by steps of a copy, which leave the network as it is."""

    def trial() -> Step:
        copied, batch = deepcopy(task), data.train.batch(next(iter(plan.batches)))
        return lambda: copied.loss_of(batch).backward()

    with torch.random.fork_rng(devices=[]):
        steps = plan.epochs * len(plan.batches)
        return chosen_threads(trial, total_steps=steps, kept=folder / KEPT_THREADS)


def find_normalization(config: ModelConfig, samples: SampleSet) -> Normalization | None:
    """Return the normalization that ``config`` asks for, from the samples if need be."""
    match config.normalization:
        case NoNormalizationConfig():
            return None
        case FixedNormalizationConfig(extra_scale=extra_scale):
            return Normalization.fixed(bands=config.bands, extra_scale=extra_scale)
        case TrainNormalizationConfig(extra=extra):
            serial = serial_batches(samples, batch_size=config.training.batch_size)
            found = Normalization.from_samples(
                batch.inputs[0].numpy() for batch in BatchLoader(samples, serial)
            )
            if extra is None:
                return found
            return found.with_extra(offset=extra.offset, scale=extra.scale)
        case _:
            assert_never(config.normalization)


def _fingerprint(
    config: ModelConfig,
    data: FitData,
    normalization: Normalization | None,
    *,
    seed: int,
    start: Mapping[str, Tensor] | None,
) -> str:
    of_run: dict[str, object] = {
        "config": config.model_dump(mode="json"),
        "inputs": dict(data.inputs),
        "samples": len(data.train),
        "seed": seed,
    }
    if data.train_table is not None:
        # Another draw of as many samples is another training.
        of_run["train_table"] = data.train_table.to_csv(index=False)
    if normalization is not None:
        of_run["normalization"] = normalization.model_dump()
    if start is not None:
        of_run["start"] = content_digest((), start)
    text = json.dumps(of_run, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _resumable_step(folder: Path, *, fingerprint: str) -> int | None:
    """Return the step of the last checkpoint when it is of this very training; forget others."""
    folder.mkdir(parents=True, exist_ok=True)
    run, last = folder / RUN, folder / LAST
    try:
        if json.loads(run.read_text(encoding="utf-8")) == {"fingerprint": fingerprint}:
            return int(torch.load(last, map_location="cpu", weights_only=True)["global_step"])
    except UNREADABLE:
        # Missing, or torn by a full disk: nothing to go on from.
        pass
    for former in (last, folder / KEPT_THREADS):
        former.unlink(missing_ok=True)
    write_text(run, json.dumps({"fingerprint": fingerprint}))
    return None


def _provenance(
    data: FitData, seed: int, keeper: BestAndLast, begun_s: tuple[float, float]
) -> Provenance:
    """Return the provenance of a training that ends now.

    Args:
        data: What it was trained on.
        seed: Its seed.
        keeper: The scores of its epochs.
        begun_s: When the run and its training began, by the monotonic clock.
    """
    started_s, trains_from_s = begun_s
    best = keeper.history[keeper.best_epoch]
    record = TrainingRecord(
        epochs_run=len(keeper.history),
        time_beginning_s=trains_from_s - started_s,
        time_train_s=time.monotonic() - trains_from_s,
        gpu_name=torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
    )
    return Provenance(
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        inputs=dict(data.inputs),
        # A loss may overflow in 16 bits; JSON has no word for that.
        scores={
            name: value
            for name, value in best.items()
            if name not in COUNTERS and math.isfinite(value)
        },
        samples=len(data.train),
        steps=int(best["step"]),
        packages={"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        record=record,
    )
