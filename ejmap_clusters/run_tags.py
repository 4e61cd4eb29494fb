"""Tags by which launchers of Dagster learn which resources a run gets."""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

import dagster as dg
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.storage.tags import MAX_RUNTIME_SECONDS_TAG

from ejmap_clusters.job_kinds import kind_of
from ejmap_project.open_project import OpenProject, project_folder
from ejmap_project.settings.clusters import ClusterSettings, Resources

RESOURCES_TAG = "ejmap/resources"
ClusterT = TypeVar("ClusterT", bound=ClusterSettings)


def cluster_of(kind: type[ClusterT]) -> ClusterT:
    """Return the cluster that the project of this process states.

    A project that states none of this kind gets the default resources: the instance launches its
    runs there all the same.
    """
    stated = OpenProject.at(project_folder()).settings.cluster
    return stated if isinstance(stated, kind) else kind()


def with_resources(
    context: LaunchRunContext,
    instance: dg.DagsterInstance,
    cluster: ClusterSettings,
    *,
    tag: str,
    config_of: Callable[[Resources], Mapping[str, object]],
) -> LaunchRunContext:
    """Tag a run with the resources of its kind and its time limit, which the daemon enforces.

    A tag that a person stated at the launch stays as it is. That of a run before it, which a retry
    inherits, is replaced: the settings may have changed.

    Args:
        context: The run to launch.
        instance: Its instance.
        cluster: Resources by kind.
        tag: The tag that the launcher reads.
        config_of: Turns resources into the content of the tag.

    Returns:
        The same with the tags.
    """
    run = context.dagster_run
    if tag in run.tags and RESOURCES_TAG not in run.tags:
        return context
    kind = kind_of(run)
    resources = cluster.resources(kind)
    tags = {
        tag: json.dumps(config_of(resources)),
        RESOURCES_TAG: kind,
        MAX_RUNTIME_SECONDS_TAG: str(resources.seconds),
    }
    instance.add_run_tags(run.run_id, tags)
    return LaunchRunContext(
        dagster_run=run.with_tags({**run.tags, **tags}), workspace=context.workspace
    )
