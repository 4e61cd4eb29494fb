"""What a check found, in a sentence and numbers, and what of it may not go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import dagster as dg
from pandera.errors import SchemaError, SchemaErrors
from pyarrow import ArrowException

from ejmap_assets.metadata.facts import MetadataEntry
from ejmap_geo.errors import GeoError
from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError

# What a file that is missing, torn or changed by hand makes its readers say.
READING_ERRORS = (GeoError, MlError, ProjectError, ArrowException, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of a check.

    Attributes:
        passed: Whether it holds.
        sentence: What was found; where it does not hold, also what to do.
        metadata: Numbers behind it, also when it holds.
        is_warning: Whether it tells of something to look at instead of wrong data; only errors
            stop what would be made next.
    """

    passed: bool
    sentence: str
    metadata: Mapping[str, MetadataEntry] = field(default_factory=dict[str, MetadataEntry])
    is_warning: bool = False

    @property
    def severity(self) -> dg.AssetCheckSeverity:
        """Severity as Dagster knows it."""
        return dg.AssetCheckSeverity.WARN if self.is_warning else dg.AssetCheckSeverity.ERROR

    def result(self) -> dg.AssetCheckResult:
        """Return the result of a check that is an operation of its own."""
        return dg.AssetCheckResult(
            passed=self.passed,
            severity=self.severity,
            description=self.sentence,
            metadata=self.metadata,
        )


def good(sentence: str, **metadata: MetadataEntry) -> Finding:
    """Return that all is well."""
    return Finding(passed=True, sentence=sentence, metadata=metadata)


def warning(sentence: str, **metadata: MetadataEntry) -> Finding:
    """Return that somebody should look."""
    return Finding(passed=False, sentence=sentence, metadata=metadata, is_warning=True)


def bad(sentence: str, **metadata: MetadataEntry) -> Finding:
    """Return that data are wrong."""
    return Finding(passed=False, sentence=sentence, metadata=metadata)


def found_by(find: Callable[[], Finding]) -> Finding:
    """Return what reading files finds; a file that cannot be read is wrong data."""
    try:
        return find()
    except (SchemaError, SchemaErrors) as error:
        return bad(f"{_first_line(error)}; a table was changed by hand, make it again")
    except READING_ERRORS as error:
        return bad(_first_line(error))


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
