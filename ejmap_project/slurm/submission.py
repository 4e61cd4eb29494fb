"""A shell script that submits jobs which wait for each other, for sites without a daemon."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from ejmap_project.paths import ProjectPaths
from ejmap_project.settings.slurm import SlurmSettings
from ejmap_project.slurm.job_script import JobScript

# Ends a job's script within the script that submits it.
END = "END_OF_JOB"
TASK = "${SLURM_ARRAY_TASK_ID}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A job, or an array of them, in a chain of which each step waits for the one before.

    Attributes:
        name: Name of the step; also a variable of the shell.
        script: The job.
        tasks: Number of tasks of an array, whose numbers start at 0; None for a single job.
        despite_failures: Whether it begins although tasks of the step before failed.
    """

    name: str
    script: JobScript
    tasks: int | None = None
    despite_failures: bool = False


def submission(paths: ProjectPaths, settings: SlurmSettings, steps: Sequence[Step]) -> str:
    """Return the text of the shell script that submits the steps."""
    lines = [
        "#!/bin/bash",
        f"# Brings {paths.folder} up to date on a Slurm cluster; `ejmap slurm-script` wrote",
        "# it. Run it with bash where sbatch is. What is up to date is skipped, so run it again",
        "# after failures, once all its jobs have ended. Nothing else may run on the project until",
        "# then.",
        "set -euo pipefail",
        f"mkdir -p {shlex.quote(str(paths.slurm))}",
    ]
    before: Step | None = None
    for step in steps:
        words = ["sbatch", "--parsable"]
        if step.tasks is not None:
            words.append(f"--array=0-{step.tasks - 1}")
        if before is not None:
            when = "afterany" if step.despite_failures else "afterok"
            # A job whose condition cannot come true any more would wait for ever.
            words += [f'--dependency="{when}:${{{before.name}%%;*}}"', "--kill-on-invalid-dep=yes"]
        lines += [
            "",
            f"{step.name}=$({' '.join(words)} <<'{END}'",
            step.script.text(settings) + END,
            ")",
            f'echo "{step.name}: job ${{{step.name}%%;*}}"',
        ]
        before = step
    return "\n".join(lines) + "\n"
