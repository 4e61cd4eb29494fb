"""How the artefacts of a project are partitioned: by crater, and by model version and iteration."""

from enum import Enum

import dagster as dg

from ejmap_project.paths import ModelKind

# Name of the dynamic partitions on the instance; one instance serves one project.
CRATERS_NAME = "craters"

craters = dg.DynamicPartitionsDefinition(name=CRATERS_NAME)

ejconn_versions = dg.DynamicPartitionsDefinition(name="ejconn_versions")
ejseg_versions = dg.DynamicPartitionsDefinition(name="ejseg_versions")
classifier_versions = dg.DynamicPartitionsDefinition(name="crater_classifier_versions")

# As many as the largest ensemble of the project has: with a fixed number, the pages would count
# members as missing that nobody wants.
ejconn_iterations = dg.DynamicPartitionsDefinition(name="ejconn_iterations")
ejseg_iterations = dg.DynamicPartitionsDefinition(name="ejseg_iterations")

ejconn_members = dg.MultiPartitionsDefinition(
    {"version": ejconn_versions, "iteration": ejconn_iterations}
)
ejseg_members = dg.MultiPartitionsDefinition(
    {"version": ejseg_versions, "iteration": ejseg_iterations}
)


class Partitioning(Enum):
    """How an asset is partitioned; the value is Dagster's definition."""

    NONE = None
    CRATERS = craters
    EJCONN_VERSIONS = ejconn_versions
    EJSEG_VERSIONS = ejseg_versions
    EJCONN_MEMBERS = ejconn_members
    EJSEG_MEMBERS = ejseg_members
    CLASSIFIER_VERSIONS = classifier_versions

    @property
    def partitions_def(self) -> dg.PartitionsDefinition[str] | None:
        """The definition; None if the asset is unpartitioned."""
        return self.value

    @property
    def model_kind(self) -> ModelKind:
        """The model whose versions or members partition an asset."""
        is_ejconn = self in {Partitioning.EJCONN_VERSIONS, Partitioning.EJCONN_MEMBERS}
        return "ejconn" if is_ejconn else "ejseg"


# Of the ensembles of both models.
MEMBERS = frozenset({Partitioning.EJCONN_MEMBERS, Partitioning.EJSEG_MEMBERS})
VERSIONS = frozenset({Partitioning.EJCONN_VERSIONS, Partitioning.EJSEG_VERSIONS})


def member_key(*, version: str, iteration: int) -> dg.MultiPartitionKey:
    """Return the partition key of one member of an ensemble."""
    return dg.MultiPartitionKey({"version": version, "iteration": _iteration_key(iteration)})


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


def versions_of(kind: ModelKind) -> dg.DynamicPartitionsDefinition:
    """Return the partitions of a model's versions."""
    return ejconn_versions if kind == "ejconn" else ejseg_versions


def registered_versions(instance: dg.DagsterInstance, kind: ModelKind) -> list[str]:
    """Return the keys of the versions of a model that the instance has partitions for."""
    return list(instance.get_dynamic_partitions(versions_of(kind).name or ""))


def register_version(
    instance: dg.DagsterInstance, versions: dg.DynamicPartitionsDefinition, version: str
) -> None:
    """Add a version of a model to the instance's partitions, so that its members can be trained."""
    # Dagster ignores a key that the instance already has.
    instance.add_dynamic_partitions(versions.name or "", [version])


def register_ensemble(
    instance: dg.DagsterInstance, kind: ModelKind, version: str, *, members: int
) -> None:
    """Add a version of a model and the iterations of its members to the instance's partitions."""
    register_version(instance, versions_of(kind), version)
    iterations = ejconn_iterations if kind == "ejconn" else ejseg_iterations
    keys = [_iteration_key(number) for number in range(members)]
    instance.add_dynamic_partitions(iterations.name or "", keys)


def _iteration_key(iteration: int) -> str:
    return f"{iteration:02d}"
