"""Failures: permanent errors are distinguished from others, and failed craters are named."""

import errno
import os

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


def test_a_full_disk_fails_a_step_with_a_sentence_and_may_be_retried() -> None:
    """Of one artefact and of a crater alike; other errors of the system keep their own words."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/mask.tif")
    sentence = "/data/mask.tif: the disk is full; free some space"

    failure, of_crater = storage_failure(full), crater_failure({"0001": full}, attempted=1)

    assert failure is not None
    assert (failure.description, failure.allow_retries) == (sentence, True)
    assert of_crater.description is not None
    assert sentence in of_crater.description
    assert storage_failure(FileNotFoundError(errno.ENOENT, "no such file", "a")) is None


def test_failed_craters_are_named_with_their_reasons() -> None:
    """The failure of a chunk names each failed crater with its reason in one sentence."""
    failure = crater_failure({"0007": StepError("no tiles"), "0003": KeyError()}, attempted=9)

    assert failure.description == (
        "2 of 9 craters failed, the others are kept. 0003: KeyError; 0007: no tiles"
    )
    assert failure.metadata["failed_craters"].value == ["0003", "0007"]
    assert failure.allow_retries is True


def test_hundreds_of_failed_craters_fit_in_a_sentence() -> None:
    """The sentence names 20 failed craters and counts the others; the metadata hold all."""
    errors = {f"{number:04d}": StepError("x") for number in range(100)}

    failure = crater_failure(errors, attempted=100)

    assert failure.description.endswith("0019: x; and 80 more")
    assert len(failure.metadata["failed_craters"].value) == 100
