"""Cores are those that somebody gave the process, or that the system lets it use."""

import os
import time

import pytest

from ejmap_geo.cores import MOST_AT_ONCE, VARIABLE, two_at_a_time, usable_cores

HERE = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("stated", "cores"),
    [("3", 3), (" 3 ", 3), ("5,2", 5), ("", HERE), ("0", HERE), ("-1", HERE), ("many", HERE)],
)
def test_what_is_stated_counts_and_what_is_no_number_does_not(
    monkeypatch: pytest.MonkeyPatch, stated: str, cores: int
) -> None:
    """A list is for nested threads: the outermost count."""
    monkeypatch.setenv(VARIABLE, stated)

    assert usable_cores() == cores


def test_a_system_that_binds_no_process_to_cores_has_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on macOS."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)

    assert usable_cores() == 7


@pytest.mark.parametrize("cores", ["1", "8"])
def test_items_are_worked_on_in_their_order_and_not_long_before_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, cores: str
) -> None:
    """Results may be large: at most three are begun that nobody took."""
    monkeypatch.setenv(VARIABLE, cores)
    begun: list[int] = []

    def square(number: int) -> int:
        begun.append(number)
        return number**2

    found: list[int] = []
    for result in two_at_a_time(square, range(20)):
        assert len(begun) - len(found) <= MOST_AT_ONCE + 1
        found.append(result)

    assert found == [number**2 for number in range(20)]


def test_what_fails_ends_what_waits() -> None:
    """The failure is the one of the item; later ones are not begun."""
    begun: list[int] = []

    def fail(number: int) -> int:
        begun.append(number)
        return 1 // (number - 1)

    with pytest.raises(ZeroDivisionError):
        list(two_at_a_time(fail, range(20)))

    assert len(begun) <= MOST_AT_ONCE + 2


def test_a_large_item_is_worked_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a small one another small one may be worked on, beside a large one nothing."""
    monkeypatch.setenv(VARIABLE, "8")
    at_work, together = set[int](), list[set[int]]()

    def work(number: int) -> int:
        at_work.add(number)
        time.sleep(0.002)
        together.append(set(at_work))
        at_work.discard(number)
        return number

    found = list(two_at_a_time(work, range(30), is_large=lambda number: number % 5 == 0))

    assert found == list(range(30))
    assert all(len(one) == 1 for one in together if any(number % 5 == 0 for number in one))
    assert max(map(len, together)) == MOST_AT_ONCE
