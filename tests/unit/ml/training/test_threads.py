"""The number of threads of a training follows from measured steps, and only where that pays."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from ejmap_ml.samples import FitData
from ejmap_ml.training.fit import fit
from ejmap_ml.training.threads import KEPT_THREADS, chosen_threads, faster_threads, threads

MOST = 2


class _Machine:
    """A machine on which a step takes a stated time with each number of threads.

    The first step with a number of threads takes much longer, as it does where memory is allocated.
    """

    def __init__(self, *, one: float, both: float) -> None:
        self._seconds = {1: one, MOST: both}
        self._now = 0.0
        self.steps: list[int] = []

    def step(self) -> None:
        count = torch.get_num_threads()
        first = 0.0 if count in self.steps else 100.0 * count
        self.steps.append(count)
        self._now += self._seconds[count] + first

    def clock(self) -> float:
        return self._now


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    """Torch as on a machine of two cores."""
    with threads(MOST):
        yield


def _chosen(machine: _Machine, kept: Path, *, total_steps: int = 500) -> int:
    return chosen_threads(
        lambda: machine.step, total_steps=total_steps, kept=kept, clock=machine.clock
    )


@pytest.mark.parametrize(
    ("one", "both", "chosen"),
    [
        pytest.param(1.0, 0.6, 2, id="quiet"),
        pytest.param(1.0, 5.0, 1, id="busy"),
        pytest.param(1.0, 1.0, 1, id="equal"),
    ],
)
def test_the_faster_number_of_threads_is_chosen(one: float, both: float, chosen: int) -> None:
    """First steps do not count; the two numbers take turns, and torch is left as it was."""
    machine = _Machine(one=one, both=both)

    assert faster_threads(machine.step, most=MOST, clock=machine.clock) == chosen

    assert machine.steps == [1, 2] * 3
    assert torch.get_num_threads() == MOST


def test_a_resumed_training_takes_the_threads_that_it_began_with(tmp_path: Path) -> None:
    """Although the machine is quiet by now: other sums would give other weights."""
    kept = tmp_path / KEPT_THREADS
    assert _chosen(_Machine(one=1.0, both=5.0), kept) == 1
    quiet = _Machine(one=1.0, both=0.6)

    assert _chosen(quiet, kept) == 1
    assert quiet.steps == []


def test_a_short_training_measures_nothing(tmp_path: Path) -> None:
    """It takes all threads, and so does one that may take a single thread only."""
    machine = _Machine(one=1.0, both=5.0)

    assert _chosen(machine, tmp_path / KEPT_THREADS, total_steps=99) == MOST
    with threads(1):
        assert _chosen(machine, tmp_path / KEPT_THREADS) == 1

    assert machine.steps == []
    assert not (tmp_path / KEPT_THREADS).exists()


def test_measuring_changes_no_weight(
    classifier_config, make_samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of a copy leave network, normalization and chance as they are."""
    samples = make_samples(32, channels=4, side_px=32, seed=1, is_map=False)
    config, data = classifier_config(), FitData(train=samples)
    steps = config.training.max_steps or config.training.max_epochs
    assert steps < 99
    plain = fit(config, data, folder=tmp_path / "a", seed=0, report=str).bundle
    monkeypatch.setattr("ejmap_ml.training.threads.FEWEST_STEPS", 1)
    monkeypatch.setattr("ejmap_ml.training.threads.faster_threads", _all_threads)

    measured = fit(config, data, folder=tmp_path / "b", seed=0, report=str).bundle

    assert measured.data_version == plain.data_version
    assert (tmp_path / "b" / KEPT_THREADS).read_text() == "2\n"


def _all_threads(step: Callable[[], object], **stated: int) -> int:
    """Measure, and choose what the other run has: another number may add up in another order."""
    step()
    return stated["most"]
