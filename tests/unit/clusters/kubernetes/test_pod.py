"""Pods of runs as dagster-k8s builds them from our values and our tags."""

import json

import pytest
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import MAX_RUNTIME_SECONDS_TAG
from dagster_k8s.job import USER_DEFINED_K8S_CONFIG_KEY

from ejmap_clusters.run_tags import RESOURCES_TAG
from tests.unit.clusters.kubernetes.conftest import IMAGE, Pods


def test_a_pod_has_the_resources_of_its_kind(pods: Pods) -> None:
    """Cores without a limit, memory and GPUs with one, and as many threads as cores."""
    pods.launch("basemap_mask")
    pods.launch("ejseg_model")

    (craters,), (training,) = (job.spec.template.spec.containers for job in pods.kubernetes.jobs)
    assert craters.resources.requests == {"cpu": "6", "memory": "7680Mi"}
    assert craters.resources.limits == {"memory": "7680Mi"}
    threads = [one.value for one in craters.env if one.name == "OMP_NUM_THREADS"]
    assert threads == ["6"]
    assert training.resources.requests["memory"] == "16384Mi"
    assert training.resources.limits["nvidia.com/gpu"] == "1"
    pod = pods.kubernetes.jobs[1].spec.template.spec
    assert pod.node_selector == {"pool": "gpu"}
    assert [one.key for one in pod.tolerations] == ["nvidia.com/gpu"]


def test_the_tags_of_a_run_say_what_it_got(pods: Pods) -> None:
    """The time limit is Dagster's, because that of a pod would count its wait for a node."""
    run = pods.launch("basemap_mask")

    assert run.tags[RESOURCES_TAG] == "craters"
    assert run.tags[MAX_RUNTIME_SECONDS_TAG] == "1800"
    assert USER_DEFINED_K8S_CONFIG_KEY in run.tags


def test_what_a_person_states_at_a_launch_stays(pods: Pods) -> None:
    """But a retry, which inherits our tags, gets what the settings say now."""
    own = {"container_config": {"resources": {"requests": {"cpu": "1"}}}}
    pods.launch("basemap_mask", tags={USER_DEFINED_K8S_CONFIG_KEY: json.dumps(own)})
    inherited = {USER_DEFINED_K8S_CONFIG_KEY: json.dumps(own), RESOURCES_TAG: "craters"}
    pods.launch("basemap_mask", tags=inherited)

    asked = [job.spec.template.spec.containers[0].resources for job in pods.kubernetes.jobs]
    assert [one.requests["cpu"] for one in asked] == ["1", "6"]


def test_a_pod_is_confined_and_sees_the_project(pods: Pods) -> None:
    """It runs as a person's user, writes to its volumes alone, and may not ask Kubernetes."""
    pods.launch("global_map")

    job = pods.kubernetes.jobs[0]
    pod, (container,) = job.spec.template.spec, job.spec.template.spec.containers
    assert pod.automount_service_account_token is False
    assert pod.security_context.run_as_non_root
    assert pod.security_context.run_as_user == 1000
    assert container.security_context.read_only_root_filesystem
    assert container.security_context.allow_privilege_escalation is False
    assert container.security_context.capabilities.drop == ["ALL"]
    assert container.image == IMAGE
    mounts = [one.mount_path for one in container.volume_mounts]
    assert sorted(set(mounts)) == sorted(mounts)
    assert {"/ejmap/projects", "/ejmap/cache", "/tmp"} <= set(mounts)  # noqa: S108 - a mount
    assert {one.name for one in container.volume_mounts} <= {one.name for one in pod.volumes}
    given = {one.name: one.value for one in container.env}
    assert given["EJMAP_PROJECT"] == "/ejmap/projects/mercury"
    assert given["DAGSTER_HOME"].startswith(given["EJMAP_PROJECT"])
    # One pod a run: Dagster decides whether there is another.
    assert (pod.restart_policy, job.spec.backoff_limit) == ("Never", 0)


def test_a_pod_that_may_not_ask_takes_no_run_for_lost(
    pods: Pods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The jobs of upkeep look for lost runs within their pod, which has no token."""
    run = pods.launch("global_map")
    monkeypatch.setattr(
        pods.launcher, "_settings", {**pods.launcher._settings, "load_incluster_config": True}
    )

    assert pods.launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
