"""How the artefacts of a project are divided: by crater, and by model version and iteration."""

import dagster as dg

from ejmap_assets.project_paths import ModelKind

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


def member_key(*, version: str, iteration: int) -> dg.MultiPartitionKey:
    """Return the partition of one member of an ensemble."""
    return dg.MultiPartitionKey({"version": version, "iteration": f"{iteration:02d}"})


def version_and_iteration(key: str) -> tuple[str, int]:
    """Return what a member's partition key says.

    Args:
        key: Dagster joins the dimensions in alphabetical order: ``iteration|version``.
    """
    iteration, version = key.split("|", maxsplit=1)
    return version, int(iteration)


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
