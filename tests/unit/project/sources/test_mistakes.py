"""Mistakes in files are collected; mistakes in our code are not."""

import pytest

from ejmap_geo.errors import RasterError
from ejmap_project.errors import SourceError
from ejmap_project.sources.mistakes import attempt


def test_each_mistake_is_told_once() -> None:
    """Several steps stumble over one file."""
    wrong: list[str] = []

    def fail(error: Exception) -> int:
        raise error

    found = [
        attempt(wrong, lambda: fail(SourceError("no table"))),
        attempt(wrong, lambda: fail(RasterError("no raster"))),
        attempt(wrong, lambda: fail(SourceError("no table"))),
        attempt(wrong, lambda: 7),
    ]

    assert found == [None, None, None, 7]
    assert wrong == ["no table", "no raster"]


def test_an_error_of_ours_is_no_mistake_of_the_user() -> None:
    """It reaches whoever can mend it."""
    with pytest.raises(ZeroDivisionError):
        attempt([], lambda: 1 // 0)
