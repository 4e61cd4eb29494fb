"""TensorBoard sees the scores of every epoch where it is installed."""

from pathlib import Path

import pytest

from ejmap_ml.samples import FitData
from ejmap_ml.training import trainer
from ejmap_ml.training.fit import fit


@pytest.fixture
def data(make_samples) -> FitData:
    """Return a few samples that train and validate."""
    samples = make_samples(8, channels=4, side_px=32, seed=0, is_map=False)
    return FitData(train=samples, validation=samples)


def test_events_hold_the_history(classifier_config, data: FitData, tmp_path: Path) -> None:
    """Read back with TensorBoard itself."""
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import (  # noqa: PLC0415 - only where it is installed
        EventAccumulator,
    )

    config = classifier_config(max_epochs=3)
    events = tmp_path / "events"
    result = fit(
        config, data, folder=tmp_path / "run", seed=0, report=lambda _: None, events=events
    )

    log = EventAccumulator(str(events))
    log.Reload()
    assert set(log.Tags()["scalars"]) == set(result.history) - {"epoch", "step"}
    for name in ("train_loss", "val_f1"):
        points = log.Scalars(name)
        assert [point.step for point in points] == [0, 1, 2]
        assert [point.value for point in points] == pytest.approx(result.history[name].tolist())


def test_without_tensorboard_the_history_is_enough(
    classifier_config, data: FitData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No events, and no error."""
    monkeypatch.setattr(trainer, "find_spec", lambda _: None)
    config = classifier_config(max_epochs=1)

    fit(config, data, folder=tmp_path / "run", seed=0, report=lambda _: None,
        events=tmp_path / "events")  # fmt: skip

    assert not (tmp_path / "events").exists()
    assert (tmp_path / "run" / "history.csv").is_file()
