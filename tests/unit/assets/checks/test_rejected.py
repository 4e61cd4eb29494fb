"""Failed checks that block the promotion of an ensemble."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.checks.rejected import failed_checks
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.open_project import OpenProject

SETTINGS = """
source: {kind: synthetic, seed: 5}
training: {kind: synthetic, seeds: [1]}
models: {ejconn: ejconn_tiny, iterations: 2}
"""
SOUND = "member_is_sound"


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project whose ensembles have two members."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    return OpenProject.at(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance without check evaluations."""
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def _check(instance: dg.DagsterInstance, member: str, *, passed: bool) -> None:
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("ejconn_model"),
        check_name=SOUND,
        passed=passed,
        metadata={},
        severity=dg.AssetCheckSeverity.ERROR,
        partition=member,
    )
    instance.report_runless_asset_event(evaluation)


def test_a_red_member_counts_when_a_later_one_is_green(
    project: OpenProject, instance: dg.DagsterInstance
) -> None:
    """A failed check of one member counts even if a later check of another member passed."""
    _check(instance, "00|ejconn_tiny", passed=False)
    _check(instance, "01|ejconn_tiny", passed=True)

    assert failed_checks(project, instance, "ejconn", ModelVersion("ejconn_tiny")) == [
        f"ejconn_model of 00|ejconn_tiny: {SOUND}"
    ]


def test_a_red_member_of_another_version_counts_for_nothing(
    project: OpenProject, instance: dg.DagsterInstance
) -> None:
    """A failed check of another version does not count for the promotion, but for its own."""
    _check(instance, "00|ejconn_tiny", passed=True)
    _check(instance, "00|ejconn_v32", passed=False)
    _check(instance, "02|ejconn_tiny", passed=False)

    assert failed_checks(project, instance, "ejconn", ModelVersion("ejconn_tiny")) == []
    assert failed_checks(project, instance, "ejconn", ModelVersion("ejconn_v32")) == [
        f"ejconn_model of 00|ejconn_v32: {SOUND}"
    ]
