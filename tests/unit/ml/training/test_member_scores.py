"""Test scores of a trained member."""

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from sklearn import metrics

from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.calibration.by_distance import DistanceCalibration
from ejmap_ml.config.model_config import load_preset
from ejmap_ml.samples import SampleBatch
from ejmap_ml.training.member_scores import sample_f1, score_member, with_test_scores


class _Crops:
    """Random crops with random labels, made when they are asked for."""

    shards: Sequence[range] = (range(23),)

    def __len__(self) -> int:
        return 23

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        drawn = [np.random.default_rng(one) for one in positions]
        image = np.stack([rng.uniform(0, 255, (4, 64, 64)) for rng in drawn])
        target = np.array([[rng.random() > 0.4] for rng in drawn])
        return SampleBatch(
            inputs=(torch.from_numpy(image).float(),), target=torch.from_numpy(target).float()
        )


@pytest.fixture(scope="module")
def bundle() -> ModelBundle:
    """A small classifier with random weights."""
    config = load_preset("ejconn_tiny")
    normalization = Normalization.fixed(bands=3, extra_scale=2.0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = NormalizedNetwork(build_network(config), normalization)
    return ModelBundle(
        config=config,
        weights=network.state_dict(),
        normalization=normalization,
        provenance=Provenance(created_utc="2026-01-01", scores={"val_f1": 0.5}),
    )


@pytest.mark.parametrize("batch_size", [1, 8, 64])
def test_scores_are_those_of_all_samples_at_once(bundle: ModelBundle, batch_size: int) -> None:
    """As scikit-learn has them, however the samples are cut into batches."""
    samples = _Crops()
    whole = samples.batch(range(23))
    with torch.inference_mode():
        found = (bundle.build()(*whole.inputs) > 0).numpy().ravel()
    true = whole.target.numpy().ravel() > 0

    scores = score_member(bundle, samples, batch_size=batch_size)

    assert scores.f1 == pytest.approx(metrics.f1_score(true, found, zero_division=0), abs=1e-12)
    assert scores.accuracy == pytest.approx(metrics.accuracy_score(true, found), abs=1e-12)
    assert scores.recall == pytest.approx(
        metrics.recall_score(true, found, zero_division=0), abs=1e-12
    )


def test_test_scores_stand_beside_those_of_training(bundle: ModelBundle) -> None:
    """And leave the weights, and so the data version, as they are."""
    scores = score_member(bundle, _Crops(), batch_size=8)

    tested = with_test_scores(bundle, scores)

    assert tested.provenance.scores["val_f1"] == 0.5
    assert tested.provenance.scores["test_f1"] == scores.f1
    assert len(tested.provenance.scores) == 1 + len(asdict(scores))
    assert tested.data_version == bundle.data_version


def test_every_sample_has_its_own_f1(bundle: ModelBundle) -> None:
    """Of one crop: 1 where the only answer is right, the empty one too, else 0."""
    whole = _Crops().batch(range(23))
    with torch.inference_mode():
        found = (bundle.build()(*whole.inputs) > 0).numpy().ravel()

    scores = sample_f1(bundle, _Crops())

    np.testing.assert_array_equal(scores, found == (whole.target.numpy().ravel() > 0))


def test_a_sample_is_scored_by_the_border_of_its_calibration(bundle: ModelBundle) -> None:
    """As its map is, whatever the calibration makes of probabilities."""
    whole = _Crops().batch(range(23))
    with torch.inference_mode():
        probability = bundle.build()(*whole.inputs).sigmoid().numpy().ravel()
    border = float(np.median(probability))
    calibration = DistanceCalibration(
        range_radii=(1.0,), knots=(), slopes=((0.5,),), offset=(3.0,), border=border
    )

    scores = sample_f1(replace(bundle, calibration=calibration), _Crops())

    found = probability > border + 1e-6
    true = whole.target.numpy().ravel() > 0
    # The median itself may fall on either side by rounding.
    other = np.abs(probability - border) > 1e-6
    np.testing.assert_array_equal(np.array(scores)[other], (found == true)[other])
