"""Settings of a Slurm cluster: which resources each kind of job asks for."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from ejmap_project.settings.sources import Settings

JobKind = Literal["craters", "training", "planet"]
JOB_KINDS: tuple[JobKind, ...] = get_args(JobKind)

# Each becomes one option of sbatch: without spaces and leading dashes, it cannot become another.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.,:+-]*$")]
Constraint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_(\[][A-Za-z0-9_.,&|*()\[\]-]*$")]


class JobResources(Settings):
    """What one job asks of Slurm.

    Attributes:
        cores: Cores; also the number of threads that it computes with.
        memory_gb: Memory, in units of 1024 MB.
        gpus: GPUs.
        hours: Time limit, after which Slurm ends the job.
        partition: Partition of the cluster, where it is not that of the other kinds.
    """

    cores: int = Field(default=4, ge=1, le=1024)
    memory_gb: float = Field(default=8, ge=0.5, le=16_384)
    gpus: int = Field(default=0, ge=0, le=64)
    hours: float = Field(default=4, gt=0, le=8760)
    partition: Name | None = None


class SlurmSettings(Settings):
    """A Slurm cluster on which the runs of a project are jobs.

    Attributes:
        partition: Partition of the cluster; None takes the cluster's default, as for all names.
        account: Account that is charged.
        qos: Quality of service.
        constraint: Features that nodes must have, such as ``avx2``.
        jobs: Most jobs among which the craters are divided.
        least_minutes: Expected work that is worth a job of its own; fewer jobs divide less work.
        craters: Resources of a job that maps a chunk of craters.
        training: Resources of a job that trains one member of an ensemble.
        planet: Resources of any other job, such as that of the map.
    """

    partition: Name | None = None
    account: Name | None = None
    qos: Name | None = None
    constraint: Constraint | None = None
    jobs: int = Field(default=10, ge=1, le=1000)
    least_minutes: float = Field(default=2, ge=0, le=10_000)
    craters: JobResources = JobResources()
    training: JobResources = JobResources(hours=12, memory_gb=16)
    planet: JobResources = JobResources(memory_gb=16)

    def resources(self, kind: JobKind) -> JobResources:
        """Return the resources of a kind of job."""
        return {"craters": self.craters, "training": self.training, "planet": self.planet}[kind]
