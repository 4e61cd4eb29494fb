"""A run launcher that starts every run as a pod of a Kubernetes cluster."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._config import UserConfigSchema
from dagster._core.launcher import CheckRunHealthResult, ResumeRunContext, RunLauncher, WorkerStatus
from dagster._core.launcher.base import LaunchRunContext
from dagster._serdes import ConfigurableClass, ConfigurableClassData
from dagster_k8s import K8sRunLauncher
from dagster_k8s.job import USER_DEFINED_K8S_CONFIG_KEY

from ejmap_clusters.kubernetes.pod import pod_config
from ejmap_clusters.run_tags import cluster_of, with_resources
from ejmap_project.settings.clusters import KubernetesSettings

# Words of dagster-k8s and of the API of Kubernetes about a job that is not there.
UNKNOWN_JOB = ("could not be found", "(404)")
# Where Kubernetes puts the token of a pod that may ask it.
TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


class KubernetesRunLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """dagster-k8s' launcher, with the resources that ``project.yaml`` states for a kind of run.

    It is asked for Kubernetes only where somebody asks it: a run looks for lost runs too, and its
    pod may not speak to Kubernetes.
    """

    def __init__(
        self, settings: Mapping[str, Any], inst_data: ConfigurableClassData | None = None
    ) -> None:
        super().__init__()
        self._settings = settings
        self._inst_data = inst_data

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """The entry of ``dagster.yaml`` that names this class."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Return the settings of the entry, which are those of dagster-k8s."""
        return K8sRunLauncher.config_type()

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Return the launcher."""
        return cls(config_value, inst_data)

    @cached_property
    def pods(self) -> K8sRunLauncher:
        """Dagster's launcher."""
        launcher = K8sRunLauncher(**self._settings)
        launcher.register_instance(self._instance)
        return launcher

    def launch_run(self, context: LaunchRunContext) -> None:
        """Start the pod of a run, and tag the run with its resources."""
        tagged = with_resources(
            context,
            self._instance,
            cluster_of(KubernetesSettings),
            tag=USER_DEFINED_K8S_CONFIG_KEY,
            config_of=pod_config,
        )
        self.pods.launch_run(tagged)

    @property
    def supports_resume_run(self) -> bool:
        """The daemon may start another pod, in which a run goes on."""
        return True

    @property
    def supports_run_worker_crash_recovery(self) -> bool:
        """What a run finished is kept."""
        return True

    def resume_run(self, context: ResumeRunContext) -> None:
        """Start another pod for a run, which goes on with what is missing."""
        self.pods.resume_run(context)

    def terminate(self, run_id: str) -> bool:
        """Delete the pod of a run; its process is told to end."""
        return bool(self.pods.terminate(run_id))

    @property
    def supports_check_run_worker_health(self) -> bool:
        """The daemon may check the health of runs."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Return whether the pod of a run waits or runs.

        The daemon fails and restarts a run on any answer but "running", so the answer is "running"
        where Kubernetes gives none, or may not be asked.
        """
        if not self._may_ask:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "this pod may not ask Kubernetes")
        found = self.pods.check_run_worker_health(run)
        if found.status is not WorkerStatus.UNKNOWN:
            return found
        is_lost = any(words in (found.msg or "") for words in UNKNOWN_JOB)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND if is_lost else WorkerStatus.RUNNING, found.msg
        )

    def get_run_worker_debug_info(
        self, run: dg.DagsterRun, include_container_logs: bool | None = True
    ) -> str | None:
        """Return what Kubernetes says of the pod of a run, and the end of its output."""
        return self.pods.get_run_worker_debug_info(
            run, include_container_logs=include_container_logs
        )

    @property
    def _may_ask(self) -> bool:
        is_inside = self._settings.get("load_incluster_config", True)
        return not is_inside or TOKEN.exists()
