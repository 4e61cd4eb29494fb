"""Cores are those that somebody gave the process, or that the system lets it use."""

import os

import pytest

from ejmap_geo.cores import VARIABLE, usable_cores

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
