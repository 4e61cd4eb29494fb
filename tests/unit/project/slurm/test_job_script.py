"""The text of jobs: what they ask of Slurm, and how they follow each other."""

import shlex
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from ejmap_project.paths import ProjectPaths
from ejmap_project.settings.slurm import JobResources, SlurmSettings
from ejmap_project.slurm.job_script import JobScript
from ejmap_project.slurm.submission import TASK, Step, submission

SETTINGS = SlurmSettings(
    partition="cpu",
    account="moon-42",
    qos="long",
    constraint="avx2&ib",
    training=JobResources(cores=8, memory_gb=1.5, gpus=2, hours=36, partition="gpu"),
)


def _script(folder: Path, *command: str, kind: str = "training") -> JobScript:
    return JobScript(
        name="ejmap-test",
        kind=kind,  # pyright: ignore[reportArgumentType]
        folder=folder,
        log=folder / "%j.log",
        environment={"EJMAP_PROJECT": "a folder's name"},
        command=command,
    )


def test_a_job_asks_for_the_resources_of_its_kind() -> None:
    """Those of the kind go before those of all kinds; paths are quoted as sbatch reads them."""
    text = _script(Path('/my "planets"'), "python").text(SETTINGS)

    options = [line.removeprefix("#SBATCH ") for line in text.splitlines() if "#SBATCH" in line]
    assert {
        "--cpus-per-task=8",
        "--mem=1536M",
        "--gpus-per-node=2",
        "--time=2160",
        "--partition=gpu",
        "--account=moon-42",
        "--qos=long",
        '--constraint="avx2&ib"',
        "--requeue",
        r'--chdir="/my \"planets\""',
    } <= set(options)


def test_nothing_is_asked_for_that_the_settings_do_not_state() -> None:
    """The cluster's own defaults hold."""
    text = _script(Path("/planets"), "python", kind="craters").text(SlurmSettings())

    assert not any(word in text for word in ("gpus", "partition", "account", "qos", "constraint"))


def test_the_command_of_a_job_is_run_as_it_is_meant(tmp_path: Path) -> None:
    """Spaces and quotes arrive; only the number of an array's task is expanded."""
    script = _script(tmp_path, "/usr/bin/printf", "%s|", "it's $HOME", TASK)

    done = subprocess.run(
        ["/bin/bash"],
        input=script.text(SETTINGS),
        env={"SLURM_ARRAY_TASK_ID": "7", "SLURM_CPUS_PER_TASK": "8"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "it's $HOME|7|"


@pytest.mark.parametrize("name", ["", "a b", "--wrap=id", "a\nb", "$(id)", '"'])
@pytest.mark.parametrize("field", ["partition", "account", "qos", "constraint"])
def test_a_name_cannot_become_another_option(field: str, name: str) -> None:
    """Settings of a stranger's project ask for resources, and for nothing else."""
    with pytest.raises(ValidationError):
        SlurmSettings.model_validate({field: name})


def test_every_step_waits_for_the_one_before(tmp_path: Path) -> None:
    """With a stand-in for sbatch that prints a job's number and notes how it was called."""
    programs, calls = tmp_path / "bin", tmp_path / "calls"
    programs.mkdir()
    sbatch = programs / "sbatch"
    sbatch.write_text(
        f'#!/bin/bash\necho "$@" >> {shlex.quote(str(calls))}\ncat > /dev/null\n'
        f'echo "$(wc -l < {shlex.quote(str(calls))});moon"\n'
    )
    sbatch.chmod(0o755)
    paths = ProjectPaths(tmp_path / "a project")
    script = _script(paths.folder, "python")
    steps = [
        Step(name="first", script=script),
        Step(name="second", script=script, tasks=5),
        Step(name="third", script=script, despite_failures=True),
    ]

    done = subprocess.run(
        ["/bin/bash"],
        input=submission(paths, SETTINGS, steps),
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["first: job 1", "second: job 2", "third: job 3"]
    assert calls.read_text().splitlines() == [
        "--parsable",
        "--parsable --array=0-4 --dependency=afterok:1 --kill-on-invalid-dep=yes",
        "--parsable --dependency=afterany:2 --kill-on-invalid-dep=yes",
    ]
    assert paths.slurm.is_dir()
