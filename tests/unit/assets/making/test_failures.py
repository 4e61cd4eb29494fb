"""Failures: permanent errors are distinguished from others, and failed craters are named."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from ejmap_assets.making.failures import (
    PERMANENT_ERRORS,
    crater_failure,
    permanent,
    storage_failure,
)
from ejmap_geo.errors import CrsError
from ejmap_ml.errors import BundleError
from ejmap_project.errors import SettingsError, StepError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (CrsError("no CRS"), True),
        (BundleError("altered"), True),
        (SettingsError("misspelt"), True),
        (StepError("missing"), True),
        (OSError("disk"), False),
        (MemoryError(), False),
    ],
)
def test_errors_that_the_same_inputs_raise_again_are_permanent(
    error: Exception, *, expected: bool
) -> None:
    """Errors of our packages are permanent; errors of the machine may be retried."""
    assert isinstance(error, PERMANENT_ERRORS) is expected


def test_a_permanent_failure_is_not_retried() -> None:
    """A permanent failure forbids Dagster to retry."""
    failure = permanent(CrsError("mosaic has no CRS"))

    assert failure.description == "mosaic has no CRS"
    assert failure.allow_retries is False


def test_a_full_disk_fails_a_step_with_a_sentence_and_may_be_retried(tmp_path: Path) -> None:
    """Of one artefact and of a crater alike; other errors of the system keep their own words."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/mask.tif")
    sentence = "/data/mask.tif: the disk is full; free some space"

    failure, of_crater = (
        storage_failure(full, tmp_path),
        crater_failure({"0001": full}, attempted=1, folder=tmp_path),
    )

    assert failure is not None
    assert (failure.description, failure.allow_retries) == (sentence, True)
    assert of_crater.description is not None
    assert sentence in of_crater.description
    lost = FileNotFoundError(errno.ENOENT, "no such file", "a")
    assert storage_failure(lost, tmp_path) is None


def test_what_a_library_says_on_a_full_disk_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDAL misses the table that it could not make; errors of our own keep their words."""
    full = SimpleNamespace(f_bavail=1, f_frsize=4096, f_flag=0)
    monkeypatch.setattr(os, "statvfs", lambda _: full)

    failure = storage_failure(RuntimeError("no such table: craters"), tmp_path)

    assert failure is not None
    assert failure.description == f"{tmp_path}: the disk is full; free some space"
    assert storage_failure(StepError("no tiles"), tmp_path) is None


def test_failed_craters_are_named_with_their_reasons() -> None:
    """The failure of a chunk names each failed crater with its reason in one sentence."""
    failure = crater_failure(
        {"0007": StepError("no tiles"), "0003": KeyError()}, attempted=9, folder=Path()
    )

    assert failure.description == (
        "2 of 9 craters failed, the others are kept. 0003: KeyError; 0007: no tiles"
    )
    assert failure.metadata["failed_craters"].value == ["0003", "0007"]
    assert failure.allow_retries is True


def test_hundreds_of_failed_craters_fit_in_a_sentence() -> None:
    """The sentence names 20 failed craters and counts the others; the metadata hold all."""
    errors = {f"{number:04d}": StepError("x") for number in range(100)}

    failure = crater_failure(errors, attempted=100, folder=Path())

    assert failure.description.endswith("0019: x; and 80 more")
    assert len(failure.metadata["failed_craters"].value) == 100
