"""Scores of a trained member on samples that it never saw, counted batch by batch."""

import math
from dataclasses import asdict, replace

import torch

from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.samples import SampleSet
from ejmap_ml.sampling.batches import BatchLoader, serial_batches
from ejmap_ml.training.metrics import BinaryScores, WeightedConfusion

TEST_PREFIX = "test_"


def score_member(bundle: ModelBundle, samples: SampleSet, *, batch_size: int) -> BinaryScores:
    """Return the scores of a member on labelled samples.

    One batch is in memory at a time, however many samples there are.

    Args:
        bundle: The member.
        samples: What it is scored on.
        batch_size: Samples at once.

    Raises:
        BundleError: The weights are not those of the configured network.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = bundle.build().to(device)
    counts = WeightedConfusion()
    with torch.inference_mode():
        for batch in BatchLoader(samples, serial_batches(samples, batch_size=batch_size)):
            logits = network(*(one.to(device) for one in batch.inputs)).float().cpu()
            counts += WeightedConfusion.of(logits, batch.target, batch.weight)
    return counts.scores


def sample_f1(bundle: ModelBundle, samples: SampleSet) -> list[float]:
    """Return the F1 of a member on each sample, 0 to 1; 1 where it rightly finds nothing.

    A calibration changes probabilities and leaves where ejecta begin (ADR 19).

    Raises:
        BundleError: The weights are not those of the configured network.
    """
    border = 0.5 if bundle.calibration is None else bundle.calibration.border
    border_logit = math.log(border / (1 - border))
    network = replace(bundle, calibration=None).build()
    scores: list[float] = []
    with torch.inference_mode():
        for position in range(len(samples)):
            batch = samples.batch([position])
            logits = network(*batch.inputs) - border_logit
            counts = WeightedConfusion.of(logits, batch.target, batch.weight)
            is_empty = counts.hit + counts.miss + counts.false_alarm == 0
            scores.append(1.0 if is_empty else counts.scores.f1)
    return scores


def with_test_scores(
    bundle: ModelBundle, scores: BinaryScores, *, beginning_s: float = 0.0, test_s: float = 0.0
) -> ModelBundle:
    """Return the member with its test scores (``test_f1`` and so on) in its provenance.

    Args:
        bundle: The member.
        scores: Its scores on test tiles.
        beginning_s: Seconds from the end of its training to the first test tile.
        test_s: Seconds on the test tiles.
    """
    tested = {f"{TEST_PREFIX}{name}": value for name, value in asdict(scores).items()}
    told: dict[str, object] = {"scores": bundle.provenance.scores | tested}
    if bundle.provenance.record is not None:
        times = {"time_test_beginning_s": beginning_s, "time_test_s": test_s}
        told["record"] = bundle.provenance.record.model_copy(update=times)
    return replace(bundle, provenance=bundle.provenance.model_copy(update=told))
