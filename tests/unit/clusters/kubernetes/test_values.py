"""Our values against what Dagster's Helm chart takes.

The chart is no package of a registry. The keys are those of its schema (Apache-2.0), which forbids
others in these two places and would refuse the installation.
"""

import os
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.unit.clusters.kubernetes.conftest import VALUES, stated_values

KEYS = """
every: image env envConfigMaps envSecrets deploymentLabels labels nodeSelector affinity tolerations
every: podSecurityContext securityContext resources readinessProbe livenessProbe startupProbe
every: annotations schedulerName volumeMounts volumes
dagsterWebserver: replicaCount nameOverride pathPrefix service workspace enableReadOnly
dagsterWebserver: dbStatementTimeout dbPoolRecycle logLevel
dagsterDaemon: enabled runCoordinator heartbeatTolerance runMonitoring runRetries sensors schedules
top: dagsterWebserver dagster-user-deployments postgresql generatePostgresqlPasswordSecret
top: generateCeleryConfigSecret rabbitmq redis flower ingress imagePullSecrets computeLogManager
top: scheduler runLauncher pythonLogs dagsterDaemon busybox migrate telemetry serviceAccount global
top: retention additionalInstanceConfig rbacEnabled
runMonitoring: enabled startTimeoutSeconds cancelTimeoutSeconds maxResumeRunAttempts
runMonitoring: pollIntervalSeconds freeSlotsAfterRunEndSeconds
"""


def _keys(*places: str) -> set[str]:
    lines = [line.split(": ") for line in KEYS.strip().splitlines()]
    return {word for place, words in lines if place in places for word in words.split()}


def _all(value: Any, key: str) -> list[Any]:
    """Return all values of a key, at any depth."""
    match value:
        case dict():
            own = [value[key]] if key in value else []
            return own + [one for inner in value.values() for one in _all(inner, key)]
        case list():
            return [one for inner in value for one in _all(inner, key)]
        case _:
            return []


def test_the_values_have_keys_of_the_chart_alone() -> None:
    """A misspelt one would be ignored, or refused at the installation."""
    values = stated_values()

    assert {name for name in values if not name.startswith("x-")} <= _keys("top")
    assert set(values["dagsterWebserver"]) <= _keys("every", "dagsterWebserver")
    assert set(values["dagsterDaemon"]) <= _keys("every", "dagsterDaemon")
    assert set(values["dagsterDaemon"]["runMonitoring"]) <= _keys("runMonitoring")


def test_everything_of_ours_is_confined() -> None:
    """Every container of every pod, those of runs too."""
    values = stated_values()
    (code,) = values["dagster-user-deployments"]["deployments"]

    for one in (values["dagsterWebserver"], values["dagsterDaemon"], code):
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert one["securityContext"]["readOnlyRootFilesystem"]
        assert one["podSecurityContext"]["runAsNonRoot"]
        written = {mount["name"] for mount in one["volumeMounts"]}
        assert written <= {volume["name"] for volume in one["volumes"]}


def test_names_that_are_stated_twice_agree() -> None:
    """The chart makes names from one prefix; the launcher states them in full."""
    values = stated_values()
    launcher = values["runLauncher"]["config"]["customRunLauncher"]["config"]
    prefix = values["global"]["fullnameOverride"]

    assert launcher["instance_config_map"] == f"{prefix}-instance"
    assert launcher["service_account_name"] == values["serviceAccount"]["name"]
    assert launcher["dagster_home"] == values["global"]["dagsterHome"]
    assert launcher["postgres_password_secret"] == values["global"]["postgresqlSecretName"]
    (project,) = {
        variable["value"]
        for env in _all(values, "env")
        for variable in env
        if variable["name"] == "EJMAP_PROJECT"
    }
    assert launcher["dagster_home"] == f"{project}/dagster_home"
    assert {image["tag"] for image in _all(values, "image") if "ejmap" in image["repository"]} == {
        values["x-image"]["tag"]
    }


def test_no_password_stands_in_the_values() -> None:
    """The database's is in a secret that is made before."""
    assert _all(stated_values(), "postgresqlPassword") == []


def test_helm_makes_manifests_of_the_values() -> None:
    """Where Helm is, and ``EJMAP_DAGSTER_CHART`` names the folder of the chart."""
    helm, chart = shutil.which("helm"), os.environ.get("EJMAP_DAGSTER_CHART")
    if helm is None or chart is None:
        pytest.skip("no helm on this machine, or EJMAP_DAGSTER_CHART names no chart of Dagster")
    told = subprocess.run(
        [helm, "template", "ejmap", chart, "--values", VALUES],
        check=True,
        capture_output=True,
        text=True,
    )
    assert list(yaml.safe_load_all(told.stdout))
