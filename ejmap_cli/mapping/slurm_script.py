"""``ejmap slurm-script``: the jobs of a project for a Slurm cluster on which no daemon may run."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import PROJECT, command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ejmap_project.open_project import OpenProject
    from ejmap_project.settings.clusters import JobKind
    from ejmap_project.settings.slurm import SlurmSettings
    from ejmap_project.slurm.job_script import JobScript
    from ejmap_project.slurm.submission import Step


@command("slurm-script", "ejmap slurm-script projects/mine    # > submit.sh; bash submit.sh")
@PROJECT
def slurm_script(project: Path) -> int:
    """Print a script that maps a project by jobs of Slurm.

    Each job is an `ejmap run` of one part: preparation, members, promotion, chunks of craters, and
    the map. They wait for each other. No server, daemon or database is needed.
    """
    from ejmap_project.errors import SettingsError
    from ejmap_project.open_project import OpenProject
    from ejmap_project.slurm.submission import submission

    opened = OpenProject.at(project.resolve())
    settings = opened.settings.slurm
    if settings is None:
        raise SettingsError(
            f"{opened.paths.settings} states no slurm; add `slurm: {{}}`, with the partition and "
            "account of your cluster"
        )
    click.echo(submission(opened.paths, settings, [*_steps(opened, settings)]), nl=False)
    return 0


def _steps(project: "OpenProject", settings: "SlurmSettings") -> "Iterator[Step]":
    from ejmap_assets.runs.parts import trained_members
    from ejmap_project.slurm.submission import TASK, Step

    members = len(trained_members(project))
    script = partial(_script, project)
    yield Step(name="preparation", script=script("planet", "--part", "preparation"))
    if members:
        training = script("training", "--part", "member", "--number", TASK)
        yield Step(name="members", script=training, tasks=members)
    yield Step(name="promotion", script=script("planet", "--part", "promotion"))
    craters = script("craters", "--part", "chunk", "--number", TASK)
    yield Step(name="chunks", script=craters, tasks=settings.jobs)
    # It makes what no chunk made, such as the craters of a job that ran out of time.
    yield Step(name="map", script=script("planet"), despite_failures=True)


def _script(project: "OpenProject", kind: "JobKind", *options: str) -> "JobScript":
    from ejmap_project.slurm.job_script import JobScript
    from ejmap_project.slurm.submission import TASK

    folder = str(project.paths.folder)
    part = options[1] if options else "map"
    return JobScript(
        name=f"ejmap-{part}",
        kind=kind,
        # The home of the demo depends on it.
        folder=Path.cwd(),
        log=project.paths.slurm / (f"{part}_%A_%a.log" if TASK in options else f"{part}_%j.log"),
        # sbatch hands on those of the shell, such as the address of the database.
        environment={},
        command=(sys.executable, "-m", "ejmap_cli.main", "run", folder, *options),
    )
