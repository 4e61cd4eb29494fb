"""Failures for Dagster: which ones a retry cannot fix, and which craters failed."""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg

from ejmap_geo.errors import GeoError
from ejmap_geo.plain_text import clean_message
from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError
from ejmap_project.storage_faults import disk_fault, storage_sentence

# The same inputs raise them again, so a retry only costs time.
PERMANENT_ERRORS = (GeoError, MlError, ProjectError)
NAMED_CRATERS = 20


def permanent(error: Exception) -> dg.Failure:
    """Return the failure to raise for an error that a retry cannot fix.

    The caller raises it, to keep ``raise ... from error`` at the call site.
    """
    return dg.Failure(description=clean_message(str(error)), allow_retries=False)


def storage_failure(error: Exception, folder: Path) -> dg.Failure | None:
    """Return the failure to raise where a disk is full or read-only; None for any other error.

    Args:
        error: What was raised.
        folder: Where the files go: what libraries raise does not always name the disk.
    """
    told = _storage_words(error, folder)
    return None if told is None else dg.Failure(description=clean_message(told))


def _storage_words(error: Exception, folder: Path) -> str | None:
    if isinstance(error, PERMANENT_ERRORS):
        return None
    fault = disk_fault(folder)
    return storage_sentence(error) or (None if fault is None else f"{folder}: {fault}")


def _words(error: Exception, folder: Path) -> str:
    told = _storage_words(error, folder) or str(error)
    return clean_message(told) or type(error).__name__


def crater_failure(errors: Mapping[str, Exception], *, attempted: int, folder: Path) -> dg.Failure:
    """Return one failure that names the failed craters of a chunk.

    Args:
        errors: The errors by crater key.
        attempted: Number of craters in the chunk.
        folder: Where the files go.
    """
    reasons = [f"{key}: {_words(error, folder)}" for key, error in sorted(errors.items())]
    shown = "; ".join(reasons[:NAMED_CRATERS])
    more = f"; and {len(reasons) - NAMED_CRATERS} more" if len(reasons) > NAMED_CRATERS else ""
    counted = f"{len(errors)} of {attempted} craters failed, the others are kept"
    return dg.Failure(
        description=f"{counted}. {shown}{more}",
        metadata={"failed_craters": sorted(errors), "attempted_craters": attempted},
        allow_retries=not all(isinstance(error, PERMANENT_ERRORS) for error in errors.values()),
    )
