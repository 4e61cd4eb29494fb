"""Streamed scores equal those of scikit-learn on all pixels at once."""

import pytest
import torch
from sklearn import metrics as oracle

from ejmap_ml.training.metrics import WeightedConfusion


def test_scores_of_batches_equal_those_of_all_pixels() -> None:
    """Counts of uneven batches add up to the confusion of the whole."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn((1000,), generator=generator)
    target = (torch.rand((1000,), generator=generator) > 0.8).float()
    weight = torch.rand((1000,), generator=generator)

    total = WeightedConfusion()
    for part in (slice(0, 10), slice(10, 700), slice(700, 1000)):
        total += WeightedConfusion.of(logits[part], target[part], weight[part])

    true, predicted, share = target.numpy(), (logits > 0).numpy(), weight.double().numpy()
    scores = total.scores
    for found, function in [
        (scores.f1, oracle.f1_score),
        (scores.iou, oracle.jaccard_score),
        (scores.precision, oracle.precision_score),
        (scores.recall, oracle.recall_score),
        (scores.accuracy, oracle.accuracy_score),
    ]:
        assert found == pytest.approx(function(true, predicted, sample_weight=share), abs=1e-12)


def test_a_probability_of_one_half_is_clear() -> None:
    """A tie clears, as in the map."""
    assert WeightedConfusion.of(torch.zeros(1), torch.ones(1)) == WeightedConfusion(miss=1.0)


def test_scores_of_nothing_are_zero() -> None:
    """An empty denominator is no error."""
    assert WeightedConfusion().scores.f1 == 0
