"""Time that is left: against the durations that really follow, on a clock that the test turns."""

import numpy as np
import pytest

from ejmap_project.estimates import TimeLeft, size_words, time_words

SEVERAL = 1.5


class _Clock:
    """A clock that moves when it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def _worst_ratio(durations: np.ndarray) -> float:
    """Return the worst ratio of told and true total duration after the first tenth."""
    clock = _Clock()
    left = TimeLeft(clock)
    ratios: list[float] = []
    for done, seconds in enumerate(durations):
        left.update(done=done, total=len(durations))
        if done >= len(durations) / 10 and left.seconds is not None:
            ratios.append((clock.now + left.seconds) / durations.sum())
        clock.now += seconds
    assert len(ratios) > len(durations) / 2
    return max(*ratios, 1 / min(ratios))


def test_equal_steps_are_told_exactly() -> None:
    """Ten steps of two seconds: after four, twelve seconds are left."""
    clock = _Clock()
    left = TimeLeft(clock)
    for done in range(5):
        left.update(done=done, total=10)
        clock.now += 2 if done < 4 else 0

    assert left.seconds == pytest.approx(12)


@pytest.mark.parametrize("count", [100, 400])
@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_good_after_a_tenth(count: int, seed: int) -> None:
    """Craters differ by their size, the first compiles and loads, and some wait for the machine."""
    rng = np.random.default_rng(seed)
    durations = rng.lognormal(0.0, 0.3, count)
    durations[0] += 20
    durations[rng.random(count) < 0.02] *= 8

    assert _worst_ratio(durations) < SEVERAL


def test_a_pause_at_the_end_of_each_epoch_counts() -> None:
    """Batches of a tenth of a second, and a validation of five seconds after every hundred."""
    durations = np.full(2000, 0.1)
    durations[99::100] += 5

    assert _worst_ratio(durations) < SEVERAL


def test_the_next_run_of_a_step_is_new_work() -> None:
    """Nothing is told of it by the pace of the one before."""
    clock = _Clock()
    left = TimeLeft(clock)
    for done in range(10):
        clock.now += 100
        left.update(done=done, total=10)
    for done in range(6):
        clock.now += 2
        left.update(done=done, total=10)

    assert left.seconds == pytest.approx(10)


def test_too_little_tells_nothing() -> None:
    """Neither one step of a hundred, nor a moment, nor work without parts."""
    clock = _Clock()
    few, short, none = TimeLeft(clock), TimeLeft(clock), TimeLeft(clock)
    none.update(done=0, total=0)
    for done in (0, 1):
        few.update(done=done, total=100)
        short.update(done=done, total=4)
        clock.now += 1

    assert (few.seconds, short.seconds, none.seconds) == (None, None, None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (89, "89 s"),
        (720, "12 min"),
        (5300, "88 min"),
        (10_800, "3 h"),
        (3e5, "3 days"),
    ],
)
def test_a_duration_has_one_unit(seconds: float, words: str) -> None:
    """The largest that leaves more than one."""
    assert time_words(seconds) == words


@pytest.mark.parametrize(("size_bytes", "words"), [(0, "1 MB"), (4e7, "40 MB"), (1.24e9, "1.2 GB")])
def test_a_size_is_of_decimal_units(size_bytes: float, words: str) -> None:
    """As disks are sold and `ejmap doctor` says."""
    assert size_words(size_bytes) == words
