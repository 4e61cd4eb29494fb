"""Settings of a Slurm cluster: which resources each kind of job asks for."""

from typing import Annotated

from pydantic import Field

from ejmap_project.settings.clusters import ClusterSettings, JobKind, Resources

# Each becomes one option of sbatch: without spaces and leading dashes, it cannot become another.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.,:+-]*$")]
Constraint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_(\[][A-Za-z0-9_.,&|*()\[\]-]*$")]


class JobResources(Resources):
    """What one job asks of Slurm.

    Attributes:
        partition: Partition of the cluster, where it is not that of the other kinds.
    """

    partition: Name | None = None


class SlurmSettings(ClusterSettings):
    """A Slurm cluster on which the runs of a project are jobs.

    Attributes:
        partition: Partition of the cluster; None takes the cluster's default, as for all names.
        account: Account that is charged.
        qos: Quality of service.
        constraint: Features that nodes must have, such as ``avx2``.
        craters: Resources of a job that maps a chunk of craters.
        training: Resources of a job that trains one member of an ensemble.
        planet: Resources of any other job, such as that of the map.
    """

    partition: Name | None = None
    account: Name | None = None
    qos: Name | None = None
    constraint: Constraint | None = None
    craters: JobResources = JobResources()
    training: JobResources = JobResources(hours=12, memory_gb=16)
    planet: JobResources = JobResources(memory_gb=16)

    def resources(self, kind: JobKind) -> JobResources:
        """Return the resources of a kind of job."""
        return {"craters": self.craters, "training": self.training, "planet": self.planet}[kind]
