"""The launcher that the values of the Helm chart configure, and a Kubernetes that records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._config import process_config
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from kubernetes.client import V1Job

from ejmap_assets.code_location import MODULE, job_origin
from ejmap_assets.runs.instance import open_instance
from ejmap_clusters.kubernetes.launcher import KubernetesRunLauncher

VALUES = Path(__file__).parents[4] / "deploy" / "kubernetes" / "values.yaml"
IMAGE = "registry.example.org/ejmap:0.1.0"
SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}
kubernetes:
  training: {gpus: 1, nodes: {pool: gpu}}
  craters: {cores: 6, memory_gb: 7.5, hours: 0.5}
"""
KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "test",
    "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    "clusters": [{"name": "test", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "test", "user": {}}],
}


@dataclass
class Recording:
    """The part of Kubernetes' client that a launch uses.

    Attributes:
        jobs: What was created.
    """

    jobs: list[V1Job] = field(default_factory=list[V1Job])

    def create_namespaced_job(self, *, body: V1Job, namespace: str, **_: object) -> None:
        """Record a job."""
        assert namespace == "ejmap"
        self.jobs.append(body)


@dataclass
class Pods:
    """An instance whose runs are pods.

    Attributes:
        instance: The instance.
        launcher: Its launcher.
        kubernetes: What the launcher talks to.
    """

    instance: dg.DagsterInstance
    launcher: KubernetesRunLauncher
    kubernetes: Recording

    def launch(self, *assets: str, tags: dict[str, str] | None = None) -> dg.DagsterRun:
        """Launch a run of assets, and return it as the history then has it."""
        job = dg.GraphDefinition(name="measure").to_job()
        pointer = ModuleCodePointer(MODULE, "defs", None)
        run = self.instance.create_run_for_job(
            job,
            tags=tags,
            remote_job_origin=job_origin(job.name),
            job_code_origin=JobPythonOrigin(
                job.name, RepositoryPythonOrigin("python", pointer, IMAGE, None)
            ),
        )
        chosen = run._replace(asset_selection=frozenset(dg.AssetKey(name) for name in assets))
        self.launcher.launch_run(LaunchRunContext(dagster_run=chosen, workspace=None))
        found = self.instance.get_run_by_id(run.run_id)
        assert found is not None
        return found


def stated_values() -> dict[str, Any]:
    """Return the values as they are committed."""
    return yaml.safe_load(VALUES.read_text(encoding="utf-8"))


@pytest.fixture
def pods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pods]:
    """A project with a cluster."""
    for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL"):
        monkeypatch.setenv(name, "")
    (tmp_path / "project.yaml").write_text(SETTINGS)
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(KUBECONFIG))
    stated = stated_values()["runLauncher"]["config"]["customRunLauncher"]["config"]
    config = process_config(KubernetesRunLauncher.config_type(), stated)
    assert config.success, config.errors
    assert config.value is not None
    kubernetes = Recording()
    settings = {
        **config.value,
        "load_incluster_config": False,
        "kubeconfig_file": str(tmp_path / "kubeconfig"),
        "k8s_client_batch_api": kubernetes,
        "k8s_client_core_api": kubernetes,
    }
    with open_instance(tmp_path) as instance:
        launcher = KubernetesRunLauncher(settings)
        launcher.register_instance(instance)
        yield Pods(instance, launcher, kubernetes)
