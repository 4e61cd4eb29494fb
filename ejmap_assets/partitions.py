"""How the artefacts of a project are partitioned: by crater, and by model version and iteration."""

from collections.abc import Mapping
from enum import Enum

import dagster as dg

from ejmap_project.paths import ModelKind

# Names of the dynamic sets on the instance; one instance serves one project.
CRATERS_NAME = "craters"
EJCONN_VERSIONS_NAME = "ejconn_versions"
EJSEG_VERSIONS_NAME = "ejseg_versions"
CLASSIFIER_VERSIONS_NAME = "crater_classifier_versions"

# The published ensembles have 10 (EJCONN) and 20 (EJSEG) members.
MAX_ITERATIONS = 20

craters = dg.DynamicPartitionsDefinition(name=CRATERS_NAME)

iterations = dg.StaticPartitionsDefinition([f"{number:02d}" for number in range(MAX_ITERATIONS)])

ejconn_versions = dg.DynamicPartitionsDefinition(name=EJCONN_VERSIONS_NAME)
ejseg_versions = dg.DynamicPartitionsDefinition(name=EJSEG_VERSIONS_NAME)
classifier_versions = dg.DynamicPartitionsDefinition(name=CLASSIFIER_VERSIONS_NAME)

ejconn_members = dg.MultiPartitionsDefinition({"version": ejconn_versions, "iteration": iterations})
ejseg_members = dg.MultiPartitionsDefinition({"version": ejseg_versions, "iteration": iterations})


class Partitioning(Enum):
    """How an asset is partitioned."""

    NONE = "none"
    CRATERS = "craters"
    EJCONN_VERSIONS = "ejconn versions"
    EJSEG_VERSIONS = "ejseg versions"
    EJCONN_MEMBERS = "ejconn members"
    EJSEG_MEMBERS = "ejseg members"
    CLASSIFIER_VERSIONS = "classifier versions"

    @property
    def partitions_def(self) -> dg.PartitionsDefinition[str] | None:
        """The partitions as Dagster knows them."""
        return _PARTITIONS[self]

    @property
    def model_kind(self) -> ModelKind:
        """The model whose versions or members partition an asset."""
        is_ejconn = self in {Partitioning.EJCONN_VERSIONS, Partitioning.EJCONN_MEMBERS}
        return "ejconn" if is_ejconn else "ejseg"


# Of the ensembles of both models.
MEMBERS = frozenset({Partitioning.EJCONN_MEMBERS, Partitioning.EJSEG_MEMBERS})
VERSIONS = frozenset({Partitioning.EJCONN_VERSIONS, Partitioning.EJSEG_VERSIONS})

_PARTITIONS: Mapping[Partitioning, dg.PartitionsDefinition[str] | None] = {
    Partitioning.NONE: None,
    Partitioning.CRATERS: craters,
    Partitioning.EJCONN_VERSIONS: ejconn_versions,
    Partitioning.EJSEG_VERSIONS: ejseg_versions,
    Partitioning.EJCONN_MEMBERS: ejconn_members,
    Partitioning.EJSEG_MEMBERS: ejseg_members,
    Partitioning.CLASSIFIER_VERSIONS: classifier_versions,
}


def member_key(*, version: str, iteration: int) -> dg.MultiPartitionKey:
    """Return the partition of one member of an ensemble."""
    return dg.MultiPartitionKey({"version": version, "iteration": f"{iteration:02d}"})


def sync_craters(instance: dg.DagsterInstance, keys: list[str]) -> tuple[list[str], list[str]]:
    """Make the instance's crater partitions those of the catalogue.

    Args:
        instance: The project's instance.
        keys: Partition keys of all craters of the catalogue.

    Returns:
        The keys that were added and those that were removed.
    """
    known = set(instance.get_dynamic_partitions(CRATERS_NAME))
    added = [key for key in sorted(keys) if key not in known]
    removed = sorted(known - set(keys))
    if added:
        instance.add_dynamic_partitions(CRATERS_NAME, added)
    for key in removed:
        instance.delete_dynamic_partition(CRATERS_NAME, key)
    return added, removed


def versions_name(kind: ModelKind) -> str:
    """Return the name of the dynamic set of a model's versions."""
    return EJCONN_VERSIONS_NAME if kind == "ejconn" else EJSEG_VERSIONS_NAME


def register_version(instance: dg.DagsterInstance, *, versions_name: str, version: str) -> None:
    """Let the instance know a model version, so that its members can be trained."""
    if not instance.has_dynamic_partition(versions_name, version):
        instance.add_dynamic_partitions(versions_name, [version])
