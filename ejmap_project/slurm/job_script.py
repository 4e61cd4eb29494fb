"""The text of a job: what it asks of Slurm, and the command that it becomes."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ejmap_project.settings.clusters import JobKind
from ejmap_project.settings.slurm import SlurmSettings

MB_PER_GB = 1024
MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class JobScript:
    """A batch job.

    Attributes:
        name: Name of the job in Slurm's lists.
        kind: Which resources it asks for.
        folder: Folder in which it runs.
        log: File of its output; ``%j`` stands for the id of the job, ``%A_%a`` for that of a task
            of an array.
        environment: Variables that it sets, beside those of whoever submits it.
        command: The program that the job becomes, with its arguments.
    """

    name: str
    kind: JobKind
    folder: Path
    log: Path
    environment: Mapping[str, str]
    command: Sequence[str]

    def text(self, settings: SlurmSettings) -> str:
        """Return the batch script, which states its options itself."""
        lines = [
            "#!/bin/bash",
            *(f"#SBATCH {option}" for option in self._options(settings)),
            *(f"export {name}={shlex.quote(value)}" for name, value in self.environment.items()),
            # Otherwise every job would start a thread for each core of its node.
            'export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"',
            # As the process of the job, so that Slurm's signals reach it.
            f"exec {self._words()}",
        ]
        return "\n".join(lines) + "\n"

    def _words(self) -> str:
        # The number of an array's task is a variable of the job, so no quotes may hide it.
        return " ".join(
            f'"{word}"' if word.startswith("${") else shlex.quote(word) for word in self.command
        )

    def _options(self, settings: SlurmSettings) -> list[str]:
        asked = settings.resources(self.kind)
        stated = {
            "job-name": self.name,
            "chdir": _quoted(self.folder),
            "output": _quoted(self.log),
            "cpus-per-task": str(asked.cores),
            "mem": f"{round(asked.memory_gb * MB_PER_GB)}M",
            "time": str(max(1, round(asked.hours * MINUTES_PER_HOUR))),
            "gpus-per-node": str(asked.gpus) if asked.gpus else None,
            "partition": asked.partition or settings.partition,
            "account": settings.account,
            "qos": settings.qos,
            "constraint": None if settings.constraint is None else f'"{settings.constraint}"',
        }
        # A job of a node that failed is queued again, and its output goes on in the same file.
        flags = ["--nodes=1", "--ntasks=1", "--requeue", "--open-mode=append"]
        return [*flags, *(f"--{name}={value}" for name, value in stated.items() if value)]


def _quoted(path: Path) -> str:
    r"""Return a path as sbatch reads it from a script, where ``\`` and ``"`` are special."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
