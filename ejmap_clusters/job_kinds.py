"""Which kind of job a run is, and thereby which resources it gets."""

from collections.abc import Mapping

import dagster as dg

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.partitions import MEMBERS, Partitioning
from ejmap_project.settings.clusters import JobKind

KIND_TAG = "ejmap/kind"
# By the tag of jobs that choose themselves what to make, such as ``repair``.
KINDS: Mapping[str | None, JobKind] = {"train": "training", "map": "craters"}


def kind_of(run: dg.DagsterRun) -> JobKind:
    """Return which resources a run needs, by the assets that it makes."""
    names = [key.to_user_string() for key in run.asset_selection or ()]
    parts = {LINEAGE[name].partitioning for name in names if name in LINEAGE}
    if parts & {*MEMBERS, Partitioning.CLASSIFIER_VERSIONS}:
        return "training"
    if Partitioning.CRATERS in parts:
        return "craters"
    return "planet" if parts else KINDS.get(run.tags.get(KIND_TAG), "planet")
