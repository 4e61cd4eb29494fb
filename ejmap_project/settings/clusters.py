"""Settings of clusters: which resources each kind of run gets."""

from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from ejmap_project.settings.sources import Settings

JobKind = Literal["craters", "training", "planet"]
JOB_KINDS: tuple[JobKind, ...] = get_args(JobKind)

SECONDS_PER_HOUR = 3600
# Labels of Kubernetes: an optional prefix that is a domain, and words of at most 63 characters.
LabelKey = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?"
        r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
    ),
]
LabelValue = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$")]


class Resources(Settings):
    """What one run gets of a cluster.

    Attributes:
        cores: Cores; also the number of threads that it computes with.
        memory_gb: Memory, in units of 1024 MB.
        gpus: GPUs.
        hours: Time limit, after which the run is ended.
    """

    cores: int = Field(default=4, ge=1, le=1024)
    memory_gb: float = Field(default=8, ge=0.5, le=16_384)
    gpus: int = Field(default=0, ge=0, le=64)
    hours: float = Field(default=4, gt=0, le=8760)

    @property
    def memory_bytes(self) -> int:
        """The memory in bytes."""
        return round(self.memory_gb * 1024**3)

    @property
    def seconds(self) -> int:
        """The time limit in seconds, at least one."""
        return max(1, round(self.hours * SECONDS_PER_HOUR))


class ClusterSettings(Settings):
    """A cluster on which the runs of a project are jobs.

    Each kind of cluster adds the resources of each kind of run, as fields ``craters``, ``training``
    and ``planet``: a chunk of craters, a member of an ensemble, and any other run, such as that of
    the map.

    Attributes:
        jobs: Most jobs among which the craters are divided.
        least_minutes: Expected work that is worth a job of its own; fewer jobs divide less work.
    """

    jobs: int = Field(default=10, ge=1, le=1000)
    least_minutes: float = Field(default=2, ge=0, le=10_000)

    @field_validator("craters", "training", "planet", mode="before", check_fields=False)
    @classmethod
    def _keep_defaults(cls, stated: object, info: ValidationInfo) -> object:
        """Let a GPU that is asked for training leave it its twelve hours."""
        if not isinstance(stated, dict) or info.field_name is None:
            return stated
        default: Resources = cls.model_fields[info.field_name].default
        return {**default.model_dump(exclude_unset=True), **stated}

    def resources(self, kind: JobKind) -> Resources:
        """Return the resources of a kind of run."""
        return getattr(self, kind)

    @staticmethod
    def only(**stated: "ClusterSettings | None") -> "ClusterSettings | None":
        """Return the one cluster that is stated; None where none is.

        Raises:
            ValueError: If several are.
        """
        found = {name: cluster for name, cluster in stated.items() if cluster is not None}
        if len(found) > 1:
            raise ValueError(
                f"a project has one cluster, and {' and '.join(found)} are stated; remove all but "
                "one"
            )
        return next(iter(found.values()), None)


class RaySettings(ClusterSettings):
    """A cluster of Ray.

    Its address is in the environment (``RAY_ADDRESS``): somebody else's project must not decide to
    which machine this one sends its runs.

    Attributes:
        craters: Resources of a run that maps a chunk of craters.
        training: Resources of a run that trains one member of an ensemble.
        planet: Resources of any other run.
    """

    craters: Resources = Resources()
    training: Resources = Resources(hours=12, memory_gb=16)
    planet: Resources = Resources(memory_gb=16)


class PodResources(Resources):
    """What one pod gets of a Kubernetes cluster.

    Attributes:
        nodes: Labels that a node must have, such as ``{pool: gpu}``.
    """

    nodes: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])


class KubernetesSettings(ClusterSettings):
    """A Kubernetes cluster, into which Dagster's Helm chart and our values were installed.

    Attributes:
        craters: Resources of a run that maps a chunk of craters.
        training: Resources of a run that trains one member of an ensemble.
        planet: Resources of any other run.
    """

    craters: PodResources = PodResources()
    training: PodResources = PodResources(hours=12, memory_gb=16)
    planet: PodResources = PodResources(memory_gb=16)
