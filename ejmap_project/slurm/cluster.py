"""Slurm's own commands: jobs submitted, looked up and cancelled."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from ejmap_project.errors import ProjectError

ANSWER_SECONDS = 60.0
# What squeue says of a job that ended longer ago than MinJobAge.
UNKNOWN_JOB = "Invalid job id"
# Words of squeue and sacct for jobs that will go on by themselves, or still have processes.
UNFINISHED = frozenset(
    {
        *("PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING"),
        *("REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESIZING", "STAGE_OUT", "SPECIAL_EXIT"),
        *("PREEMPTED", "RESV_DEL_HOLD"),
    }
)


class SlurmError(ProjectError, RuntimeError):
    """A command of Slurm is missing, refused what it was asked, or got no answer."""


@dataclass(frozen=True, slots=True)
class JobState:
    """The state of a job.

    Attributes:
        word: Slurm's word, such as ``PENDING``.
        reason: Why, such as ``Resources``; a job that ended has its exit code here.
    """

    word: str
    reason: str = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits, runs or ends at the moment."""
        return self.word in UNFINISHED

    @property
    def is_complete(self) -> bool:
        """Whether it ended by itself without an error."""
        return self.word == "COMPLETED"

    def __str__(self) -> str:
        """Return both as one phrase."""
        return f"{self.word} ({self.reason})" if self.reason else self.word


def submit(script: str) -> str:
    """Submit a batch script.

    Returns:
        The id of the job.

    Raises:
        SlurmError: If Slurm refuses it or does not answer.
    """
    # A federation of clusters adds the name of one.
    return _ask(["sbatch", "--parsable"], given=script).strip().partition(";")[0]


def state_of(job: str) -> JobState | None:
    """Return the state of a job; None if Slurm no longer knows it.

    Slurm forgets a job minutes after it ended (``MinJobAge``). Only clusters with accounting still
    tell what became of it.

    Raises:
        SlurmError: If Slurm does not answer.
    """
    try:
        told = _ask(["squeue", "--noheader", "--states=all", f"--jobs={job}", "--format=%T|%r"])
    except SlurmError as error:
        if UNKNOWN_JOB not in str(error):
            raise
        told = ""
    if told.strip():
        word, reason = told.strip().splitlines()[0].split("|")
        return JobState(word, "" if reason == "None" else reason)
    return _accounted(job)


def description_of(job: str) -> str:
    """Return all that the controller says of a job; empty if it no longer knows it.

    Raises:
        SlurmError: If Slurm does not answer.
    """
    try:
        return _ask(["scontrol", "show", "job", job]).strip()
    except SlurmError as error:
        if UNKNOWN_JOB not in str(error):
            raise
        return ""


def cancel(job: str) -> None:
    """Cancel a job: one that waits is removed, one that runs gets SIGTERM and later SIGKILL.

    Raises:
        SlurmError: If Slurm refuses it or does not answer; a job that ended is no error.
    """
    try:
        _ask(["scancel", job])
    except SlurmError as error:
        if UNKNOWN_JOB not in str(error):
            raise


def _accounted(job: str) -> JobState | None:
    """Ask the accounting; None where there is none or it does not know the job."""
    wanted = ["--noheader", "--parsable2", "--allocations", "--format=State,ExitCode"]
    try:
        lines = _ask(["sacct", f"--jobs={job}", *wanted]).splitlines()
    except SlurmError:
        return None
    if not lines:
        return None
    # A requeued job has a line for each time, the last one being the newest.
    word, code = lines[-1].split("|")
    return JobState(word.split(" ")[0], f"exit code {code}")


def _ask(command: Sequence[str], *, given: str | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and values that settings have checked
            command,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=ANSWER_SECONDS,
        )
    except FileNotFoundError as error:
        raise SlurmError(
            f"there is no {command[0]} on this machine; run this where Slurm's commands are, or "
            "remove slurm from project.yaml"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SlurmError(f"{command[0]} got no answer in {ANSWER_SECONDS:.0f} s") from error
    if done.returncode != 0:
        told = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise SlurmError(f"{command[0]} refused: {told}")
    return done.stdout
