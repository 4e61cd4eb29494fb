"""The pod of a run: what it asks of its node."""

from ejmap_project.settings.clusters import PodResources, Resources

GPU = "nvidia.com/gpu"
MB = 1024**2


def pod_config(resources: Resources) -> dict[str, object]:
    """Return resources as the tag ``dagster-k8s/config`` states them.

    Cores are requested without a limit, since a limit would stop a process for parts of each tenth
    of a second although cores of the node are idle. Memory cannot be shared like that.
    """
    memory = f"{resources.memory_bytes // MB}Mi"
    gpus = {GPU: str(resources.gpus)} if resources.gpus else {}
    container = {
        "resources": {
            "requests": {"cpu": str(resources.cores), "memory": memory, **gpus},
            "limits": {"memory": memory, **gpus},
        },
        # Otherwise every pod would start a thread for each core of its node.
        "env": [{"name": "OMP_NUM_THREADS", "value": str(resources.cores)}],
    }
    pod: dict[str, object] = {}
    if isinstance(resources, PodResources) and resources.nodes:
        pod["node_selector"] = dict(resources.nodes)
    if gpus:
        # The taint by which clusters keep other pods off their nodes with GPUs.
        pod["tolerations"] = [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}]
    return {"container_config": container, "pod_spec_config": pod}
