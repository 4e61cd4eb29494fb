"""A run of a project as a job: submitted, and what its output ends with."""

import sys
from collections.abc import Mapping
from pathlib import Path

from ejmap_project.errors import SettingsError
from ejmap_project.paths import ProjectPaths
from ejmap_project.settings.clusters import JobKind
from ejmap_project.settings.slurm import SlurmSettings
from ejmap_project.slurm.cluster import submit
from ejmap_project.slurm.job_script import JobScript

SHOWN_CHARACTERS = 2000


def submit_run(
    run_id: str,
    *,
    kind: JobKind,
    paths: ProjectPaths,
    settings: SlurmSettings | None,
    environment: Mapping[str, str],
) -> str:
    """Submit a run as a batch job.

    Args:
        run_id: Id of the run.
        kind: Which resources it asks for.
        paths: The project.
        settings: Its cluster.
        environment: Variables by which the job finds project and history.

    Returns:
        The id of the job.

    Raises:
        SettingsError: If the settings of the project state no cluster.
        SlurmError: If Slurm refuses the job.
    """
    if settings is None:
        raise SettingsError(
            f"{paths.settings} states no slurm, and the instance launches runs there; add "
            "`slurm: {}` with the partition and account of your cluster"
        )
    paths.slurm.mkdir(parents=True, exist_ok=True)
    script = JobScript(
        name=f"ejmap-{run_id[:8]}",
        kind=kind,
        folder=paths.folder,
        log=log_of(paths, "%j"),
        environment=environment,
        command=(sys.executable, "-m", "ejmap_clusters.slurm.job", run_id),
    )
    return submit(script.text(settings))


def log_of(paths: ProjectPaths, job: str) -> Path:
    """Return the file of the output of a job."""
    return paths.slurm / f"{job}.log"


def end_of_log(paths: ProjectPaths, job: str) -> str:
    """Return the last lines of the output of a job, to follow a sentence; empty if it has none."""
    log = log_of(paths, job)
    try:
        text = log.read_text(encoding="utf-8", errors="replace")[-SHOWN_CHARACTERS:].strip()
    except OSError:
        return ""
    return f"; the end of {log}:\n{text}" if text else ""
