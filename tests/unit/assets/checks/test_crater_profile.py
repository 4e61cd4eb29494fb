"""The check of a crater's profile: green on what the chain makes, red on other tables."""

import pandas as pd
import pytest

from ejmap_assets.checks.crater_check import CheckedCrater
from ejmap_assets.checks.finding import Finding
from ejmap_assets.checks.registry import checks_of
from tests.unit.assets.checks.conftest import MappedCrater


def _finding(checked: CheckedCrater) -> Finding:
    (check,) = checks_of("crater_profile")
    return check.run(checked)


def test_the_profile_of_a_mapped_crater_is_sound(mapped: MappedCrater) -> None:
    """It holds the ejecta of the mask and no more."""
    found = _finding(mapped.profile())

    assert found.passed, found.sentence
    assert 0 < found.metadata["ejecta_km2"] <= found.metadata["mask_km2"] * 1.000001


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        pytest.param("crater_id", 3, "of another crater", id="another-crater"),
        pytest.param("ejecta_km2", 1e9, "the mask", id="more-than-the-mask"),
        pytest.param("ejecta_fraction", 1.5, "changed by hand", id="broken-schema"),
    ],
)
def test_a_table_that_cannot_be_is_stopped(
    mapped: MappedCrater, column: str, value: float, words: str
) -> None:
    """The sentence says what is wrong, and the artefact is not used."""
    checked = mapped.profile()
    pd.read_parquet(checked.output).assign(**{column: value}).to_parquet(checked.output)

    found = _finding(checked)

    assert (found.passed, found.is_warning) == (False, False)
    assert words in found.sentence
