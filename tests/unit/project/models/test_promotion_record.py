"""The record of promotions survives what a killed process leaves of it."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ejmap_project.errors import StepError
from ejmap_project.models.promotion_record import (
    Decision,
    EnsembleNote,
    promotions,
    write_promotion,
)
from ejmap_project.paths import ProjectPaths

FIRST, SECOND = (EnsembleNote(version=name, members=(name,)) for name in ("one", "two"))


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """A project with one promotion."""
    found = ProjectPaths(tmp_path)
    write_promotion(found, "ejseg", Decision.PROMOTED, "first", FIRST, FIRST)
    return found


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_a_torn_last_line_is_left_out_with_a_warning(
    paths: ProjectPaths, cut: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The next decision is written behind the last whole one."""
    record = paths.promotions("ejseg")
    whole = record.read_bytes()
    record.write_bytes(whole + whole[:cut])

    with caplog.at_level(logging.WARNING):
        decided = promotions(paths, "ejseg")
    write_promotion(paths, "ejseg", Decision.PROMOTED, "second", SECOND, SECOND)

    assert [one.reason for one in decided] == ["first"]
    assert "is cut off and was left out" in caplog.text
    assert [one.reason for one in promotions(paths, "ejseg")] == ["first", "second"]


def test_decisions_at_once_are_all_kept(paths: ProjectPaths) -> None:
    """People and gates decide in several processes; threads have a lock each as these do."""
    words = [f"decision {number}" for number in range(16)]

    with ThreadPoolExecutor(8) as pool:
        for one in words:
            pool.submit(write_promotion, paths, "ejseg", Decision.KEPT, one, FIRST, SECOND)

    assert sorted(one.reason for one in promotions(paths, "ejseg")) == sorted(["first", *words])


@pytest.mark.parametrize("line", [b"\xff\xfe\n", b"{}\n", b"null\n", b"[" * 9999 + b"\n"])
def test_a_line_that_is_no_promotion_is_named(paths: ProjectPaths, line: bytes) -> None:
    """Somebody edited it."""
    record = paths.promotions("ejseg")
    record.write_bytes(record.read_bytes() + line)

    with pytest.raises(StepError, match="holds a line that is no promotion; restore it"):
        promotions(paths, "ejseg")
