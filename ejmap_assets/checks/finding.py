"""The finding of a check: a sentence, numbers and a severity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import dagster as dg
from pandera.errors import SchemaError, SchemaErrors
from pyarrow import ArrowException

from ejmap_assets.metadata.facts import MetadataEntry
from ejmap_geo.errors import GeoError
from ejmap_ml.errors import MlError
from ejmap_project.artefact import Checked
from ejmap_project.errors import ProjectError

# What readers raise for a file that is missing, torn or edited by hand.
READING_ERRORS = (GeoError, MlError, ProjectError, ArrowException, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of a check.

    Attributes:
        passed: Whether the check passed.
        sentence: What the check found; if it failed, also what to do.
        metadata: Numbers behind the sentence.
        is_warning: Whether a failure asks for a look instead of reporting wrong data; a warning
            blocks nothing.
    """

    passed: bool
    sentence: str
    metadata: Mapping[str, MetadataEntry] = field(default_factory=dict[str, MetadataEntry])
    is_warning: bool = False

    @property
    def severity(self) -> dg.AssetCheckSeverity:
        """Dagster's severity."""
        return dg.AssetCheckSeverity.WARN if self.is_warning else dg.AssetCheckSeverity.ERROR

    def result(self) -> dg.AssetCheckResult:
        """Return the result of a check that is an op."""
        return dg.AssetCheckResult(
            passed=self.passed,
            severity=self.severity,
            description=self.sentence,
            metadata=self.metadata,
        )


def good(sentence: str, **metadata: MetadataEntry) -> Finding:
    """Return a finding that passes."""
    return Finding(passed=True, sentence=sentence, metadata=metadata)


def warning(sentence: str, **metadata: MetadataEntry) -> Finding:
    """Return a finding that asks a person to look."""
    return Finding(passed=False, sentence=sentence, metadata=metadata, is_warning=True)


def bad(sentence: str, **metadata: MetadataEntry) -> Finding:
    """Return a finding that the data are wrong."""
    return Finding(passed=False, sentence=sentence, metadata=metadata)


def finding_of(
    checked: Checked, sentence: str, *, if_wrong: Callable[..., Finding] = bad
) -> Finding:
    """Return the finding of a look at an artefact.

    Args:
        checked: The look.
        sentence: What to say without a fault; ``{name}`` stands for one of its numbers.
        if_wrong: What a fault is.
    """
    fault, numbers = checked
    if fault:
        return if_wrong(fault, **numbers)
    return good(sentence.format_map(numbers), **numbers)


def found_by(find: Callable[[], Finding]) -> Finding:
    """Return the finding of a check; a file that cannot be read counts as wrong data."""
    try:
        return find()
    except (SchemaError, SchemaErrors) as error:
        return bad(f"{_first_line(error)}; the table was changed by hand, make it again")
    except READING_ERRORS as error:
        return bad(_first_line(error))


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
