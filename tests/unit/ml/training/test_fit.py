"""Training learns, repeats, stops early and goes on after an interruption as if there was none."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import Tensor

from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.errors import BundleError, SampleError
from ejmap_ml.samples import FitData, SampleBatch
from ejmap_ml.training.fit import FitResult, find_normalization, fit


class _InterruptedError(Exception):
    """What kills a run in these tests."""


class _Failing:
    """Samples that fail after some batches."""

    def __init__(self, samples, *, batches: int) -> None:
        self._samples = samples
        self._left = batches
        self.shards = samples.shards

    def __len__(self) -> int:
        return len(self._samples)

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        self._left -= 1
        if self._left < 0:
            raise _InterruptedError
        return self._samples.batch(positions)


@pytest.fixture
def run(make_samples, tmp_path: Path) -> Callable[..., FitResult]:
    """Return a function that trains a classifier on samples in memory."""

    def _run(
        config: ModelConfig,
        *,
        name: str = "run",
        seed: int = 0,
        interrupt_after: int | None = None,
        validate: bool = True,
        start: Mapping[str, Tensor] | None = None,
        normalizing: int | None = None,
        drawn: int = 1,
    ) -> FitResult:
        train = make_samples(32, channels=4, side_px=32, seed=1, is_map=False)
        validation = make_samples(16, channels=4, side_px=32, seed=2, is_map=False)
        data = FitData(
            train=train if interrupt_after is None else _Failing(train, batches=interrupt_after),
            validation=validation if validate else None,
            train_table=pd.DataFrame(
                {"ejecta_px": train.target[:, 0].numpy(), "distance_m": range(drawn, 32 + drawn)}
            ),
            normalizing=normalizing
            and make_samples(48, channels=4, side_px=32, seed=normalizing, is_map=False),
            inputs={"planet": "abc"},
        )
        return fit(
            config, data, folder=tmp_path / name, seed=seed, start=start, report=lambda _: None
        )

    return _run


def _fixed(config: ModelConfig, **changes: object) -> ModelConfig:
    fixed = {"kind": "fixed"}
    return ModelConfig.model_validate(config.model_dump() | {"normalization": fixed} | changes)


def test_two_runs_of_one_seed_agree(classifier_config, run) -> None:
    """To the last bit; another seed does not."""
    config = classifier_config()

    versions = [
        run(config, name=name, seed=seed).bundle.data_version
        for name, seed in [("a", 3), ("b", 3), ("c", 4)]
    ]

    assert versions[0] == versions[1] != versions[2]


def test_a_training_begins_with_the_weights_it_is_given(classifier_config, run) -> None:
    """With steps of no length it ends with them; those of another network are refused."""
    config = classifier_config()
    first = run(config, name="first").bundle.weights
    still = {"optimizer": {"kind": "sgd", "learning_rate": 1e-12}}

    again = run(_fixed(config, **still), name="again", seed=9, start=first).bundle.weights

    learned = [name for name in first if name.endswith(("weight", "bias"))]
    assert learned
    for name in learned:
        assert torch.allclose(again[name], first[name], atol=1e-6)
    with pytest.raises(BundleError):
        run(config, name="other", start={"model.none": torch.zeros(1)})


def test_statistics_of_batch_normalization_stay_where_they_are_to_be_kept(
    classifier_config, run
) -> None:
    """Also past a validation; without the setting the samples replace them."""
    config = _fixed(classifier_config(max_epochs=2))
    kept = config.training.model_copy(update={"keeps_statistics": True})
    start = run(config, name="first").bundle.weights

    same = run(config.model_copy(update={"training": kept}), name="kept", start=start)
    moved = run(config, name="moved", start=start)

    means = [name for name in start if name.endswith(("running_mean", "running_var"))]
    assert means
    for name in means:
        assert torch.equal(same.bundle.weights[name], start[name])
        assert not torch.equal(moved.bundle.weights[name], start[name])
    assert same.bundle.data_version != moved.bundle.data_version


def test_the_global_generator_is_left_alone(classifier_config, run) -> None:
    """Seeding happens inside."""
    state = torch.get_rng_state()

    run(classifier_config(max_epochs=1))

    assert torch.equal(torch.get_rng_state(), state)


def test_an_interrupted_training_goes_on_as_if_it_was_not(classifier_config, run) -> None:
    """Weights, schedule, order, augmentation and history are those of an uninterrupted run."""
    config = _fixed(
        classifier_config(max_epochs=6, patience=5),
        scheduler={"kind": "step", "step_epochs": 2, "gamma": 0.5},
        augmentation={"kind": "tile", "flips": True},
    )
    whole = run(config, name="whole")

    with pytest.raises(_InterruptedError):
        run(config, name="torn", interrupt_after=4 * 3 + 2)
    resumed = run(config, name="torn")

    assert whole.resumed_from_step is None
    assert resumed.resumed_from_step == 12
    pd.testing.assert_frame_equal(resumed.history, whole.history)
    assert resumed.bundle.data_version == whole.bundle.data_version
    assert resumed.best_epoch == whole.best_epoch


def test_an_interrupted_training_stops_as_early(classifier_config, run) -> None:
    """The epochs without a better score before the interruption count after it."""
    config = _fixed(
        classifier_config(max_epochs=9, patience=3),
        optimizer={"kind": "sgd", "learning_rate": 1e-12},
    )
    whole = run(config, name="whole")

    with pytest.raises(_InterruptedError):
        run(config, name="torn", interrupt_after=4 * 3)
    resumed = run(config, name="torn")

    assert len(whole.history) < 9
    assert resumed.resumed_from_step == 12
    pd.testing.assert_frame_equal(resumed.history, whole.history)
    assert resumed.bundle.data_version == whole.bundle.data_version


def test_weighted_draws_resume_too(classifier_config, run) -> None:
    """Connected tiles come as often as the others; which ones depends on seed and epoch alone."""
    config = _fixed(classifier_config(max_epochs=3), sampling={"kind": "connection"})
    whole = run(config, name="whole")
    shuffled = run(_fixed(classifier_config(max_epochs=3)), name="shuffled")

    with pytest.raises(_InterruptedError):
        run(config, name="torn", interrupt_after=4 + 2)
    resumed = run(config, name="torn")

    assert resumed.resumed_from_step == 4
    assert resumed.bundle.data_version == whole.bundle.data_version
    assert (whole.history["train_loss"] != shuffled.history["train_loss"]).all()


def test_weights_need_a_table(classifier_config, make_samples, tmp_path: Path) -> None:
    """Nothing is drawn all alike in silence."""
    samples = make_samples(8, channels=4, side_px=32, seed=0, is_map=False)
    config = _fixed(classifier_config(), sampling={"kind": "connection"})

    with pytest.raises(SampleError, match="needs the column ejecta_px and distance_m"):
        fit(config, FitData(train=samples), folder=tmp_path, seed=0)


def test_one_cycle_resumes_too(classifier_config, run) -> None:
    """Its schedule advances by steps."""
    config = _fixed(
        classifier_config(max_epochs=None, max_steps=16), scheduler={"kind": "one_cycle"}
    )
    whole = run(config, name="whole", validate=False)

    with pytest.raises(_InterruptedError):
        run(config, name="torn", interrupt_after=10, validate=False)
    resumed = run(config, name="torn", validate=False)

    assert resumed.resumed_from_step == 8
    assert resumed.bundle.data_version == whole.bundle.data_version


@pytest.mark.parametrize("other", [{"seed": 2}, {"drawn": 2}, {"normalizing": 7}])
def test_a_checkpoint_of_another_training_is_not_taken_up(
    classifier_config, run, other: dict[str, int]
) -> None:
    """Another seed, draw or normalization in the same folder starts anew."""
    run(classifier_config(), seed=1)

    assert run(classifier_config(), **({"seed": 1} | other)).resumed_from_step is None


def test_the_normalization_can_be_that_of_more_samples(
    classifier_config, make_samples, run
) -> None:
    """Mean and standard deviation (ddof 1) of all their pixels, channel by channel, as numpy's."""
    found = run(classifier_config(), normalizing=7).bundle.normalization

    image = make_samples(48, channels=4, side_px=32, seed=7, is_map=False).image.double().numpy()
    channels = image.transpose(1, 0, 2, 3).reshape(4, -1)
    assert found.offset == pytest.approx(channels.mean(axis=1), rel=1e-6)
    assert found.scale == pytest.approx(channels.std(axis=1, ddof=1), rel=1e-6)


@pytest.mark.parametrize("name", ["last.ckpt", "run.json"])
@pytest.mark.parametrize("kept", [0, 30])
def test_a_torn_checkpoint_does_not_stop_a_training(
    classifier_config, run, tmp_path: Path, name: str, kept: int
) -> None:
    """It begins anew instead of failing for ever."""
    config = classifier_config(max_epochs=1)
    run(config, validate=False)
    torn = tmp_path / "run" / name
    torn.write_bytes(torn.read_bytes()[:kept])

    assert run(config, validate=False).resumed_from_step is None


def test_a_finished_training_is_not_repeated(classifier_config, run) -> None:
    """Calling fit again gives the same bundle from the checkpoint."""
    first, again = run(classifier_config()), run(classifier_config())

    assert again.resumed_from_step == 8
    assert again.bundle.data_version == first.bundle.data_version


def test_training_stops_when_validation_no_longer_improves(classifier_config, run) -> None:
    """With a learning rate of nearly nothing F1 stays, and patience ends it."""
    config = classifier_config(max_epochs=50, patience=2).model_copy(
        update={
            "optimizer": classifier_config().optimizer.model_copy(update={"learning_rate": 1e-12})
        }
    )

    result = run(config)

    assert len(result.history) == 3 + result.best_epoch


def test_the_best_epoch_is_kept(classifier_config, run) -> None:
    """The bundle's score is the highest of the history."""
    result = run(classifier_config(max_epochs=5))

    assert result.best_score == result.history["val_f1"].max()
    assert result.bundle.provenance.scores["val_f1"] == result.best_score
    assert result.bundle.provenance.inputs == {"planet": "abc"}


@pytest.mark.parametrize("metric", ["recall", "iou"])
def test_any_score_can_decide_which_epoch_is_best(classifier_config, run, metric: str) -> None:
    """The one that the configuration names."""
    result = run(classifier_config(max_epochs=4, validation_metric=metric))

    column = result.history[f"val_{metric}"]
    assert result.best_score == column.max()
    assert result.best_epoch == column.idxmax()


def test_without_validation_the_last_weights_are_kept(classifier_config, run) -> None:
    """There is nothing to choose by."""
    result = run(classifier_config(max_epochs=3), validate=False)

    assert result.best_score is None
    assert result.best_epoch == 2


@pytest.mark.parametrize(("max_steps", "steps"), [(3, 3), (4, 4), (5, 6), (8, 8)])
def test_a_number_of_steps_is_rounded_up_to_equal_epochs(
    classifier_config, run, max_steps: int, steps: int
) -> None:
    """Four steps see all samples: five become two epochs of three."""
    result = run(classifier_config(max_epochs=None, max_steps=max_steps))

    assert result.history["step"].iloc[-1] == steps


def test_the_last_epoch_is_always_validated(classifier_config, run) -> None:
    """Validating every third epoch ends with a validation."""
    result = run(classifier_config(max_epochs=None, max_steps=20, validate_every_epochs=3))

    assert result.history["val_f1"].notna().tolist() == [False, False, True] * 2


def test_a_classifier_overfits_one_batch(classifier_config, run) -> None:
    """Gradient, optimizer and loss work together."""
    result = run(classifier_config(batch_size=32, max_epochs=40), validate=False)

    assert result.history["train_loss"].iloc[-1] < 0.05


def test_a_segmenter_overfits_one_batch(segmenter_config, make_samples, tmp_path: Path) -> None:
    """Masks and metadata included; normalization comes from the samples."""
    samples = make_samples(4, channels=4, side_px=32, seed=0, is_map=True)
    config = segmenter_config(max_epochs=60)
    config = config.model_copy(
        update={"optimizer": config.optimizer.model_copy(update={"learning_rate": 1e-2})}
    )

    result = fit(config, FitData(train=samples), folder=tmp_path, seed=0, report=lambda _: None)

    assert result.history["train_loss"].iloc[-1] < 0.2
    network = result.bundle.build()
    batch = samples.batch(range(4))
    logits = network(*batch.inputs)
    agreement = ((logits > 0) == (batch.target > 0.5)).float().mean()
    assert float(agreement) > 0.9


def test_the_extra_channel_can_have_a_normalization_of_its_own(
    classifier_config, make_samples
) -> None:
    """Attention and ranks have fixed values, whatever the samples are."""
    samples = make_samples(8, channels=4, side_px=32, seed=0, is_map=False)
    own = {"kind": "train", "extra": {"offset": 1.5, "scale": 0.5}}
    config = ModelConfig.model_validate(classifier_config().model_dump() | {"normalization": own})

    found = find_normalization(config, samples)
    plain = find_normalization(classifier_config(), samples)

    assert found.offset == (*plain.offset[:3], 1.5)
    assert found.scale == (*plain.scale[:3], 0.5)


def test_a_loss_that_overflows_does_not_lose_the_model(
    classifier_config, make_samples, tmp_path: Path
) -> None:
    """The bundle says nothing of a score that is no number."""
    samples = make_samples(8, channels=4, side_px=32, seed=0, is_map=False)
    samples.image[:] = float("nan")
    config = _fixed(classifier_config(max_epochs=1))

    result = fit(config, FitData(train=samples), folder=tmp_path, seed=0, report=lambda _: None)

    assert result.history["train_loss"].isna().all()
    assert result.bundle.provenance.scores == {}


def test_progress_ends_with_one_line_of_result(
    classifier_config, make_samples, tmp_path: Path
) -> None:
    """Name, steps and score."""
    samples = make_samples(8, channels=4, side_px=32, seed=0, is_map=False)
    lines: list[str] = []

    fit(classifier_config(max_epochs=1), FitData(train=samples, validation=samples),
        folder=tmp_path, seed=0, report=lines.append)  # fmt: skip

    assert lines[-1].startswith("tiny: trained 1 steps in 0:00:0")
    assert "validation F1" in lines[-1]
