"""Failures as Dagster sees them: which a rerun cannot change, and which craters they concern."""

from collections.abc import Mapping

import dagster as dg

from ejmap_geo.errors import GeoError
from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError

NAMED_CRATERS = 20


def is_permanent(error: BaseException) -> bool:
    """Return whether the same inputs will fail again, so that a retry only costs time."""
    return isinstance(error, (GeoError, MlError, ProjectError))


def permanent(error: Exception) -> dg.Failure:
    """Return the failure to raise for an error that a rerun cannot change.

    It is returned, not raised, so that the call site keeps ``raise ... from error``.
    """
    return dg.Failure(description=str(error), allow_retries=False)


def crater_failure(errors: Mapping[str, Exception], *, attempted: int) -> dg.Failure:
    """Return the one failure that names every crater of a chunk that failed.

    Args:
        errors: What went wrong, by crater key.
        attempted: Craters in the chunk.
    """
    reasons = [f"{key}: {_sentence(error)}" for key, error in sorted(errors.items())]
    shown = "; ".join(reasons[:NAMED_CRATERS])
    more = f"; and {len(reasons) - NAMED_CRATERS} more" if len(reasons) > NAMED_CRATERS else ""
    counted = f"{len(errors)} of {attempted} craters failed, the others are kept"
    return dg.Failure(
        description=f"{counted}. {shown}{more}",
        metadata={"failed_craters": sorted(errors), "attempted_craters": attempted},
        allow_retries=not all(is_permanent(error) for error in errors.values()),
    )


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__
