"""What is wrong with a project, and the command that mends it."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ejmap_cli.command import suggested

if TYPE_CHECKING:
    import dagster as dg

    from ejmap_project.open_project import OpenProject
    from ejmap_project.paths import ProjectPaths

FEW_BYTES = 10**9
NAMED_FAULTS = 5
# Clocks of machines that share a project differ by less.
CLOCK_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong.

    Attributes:
        what: What was found.
        mend: A command to type, or what to do.
    """

    what: str
    mend: str


def damage(paths: "ProjectPaths", home: Path, *, free_bytes: int) -> Iterator[Problem]:
    """Yield what is wrong with disk, rights and the databases, without opening the history."""
    if free_bytes < FEW_BYTES:
        yield Problem(
            what=f"only {free_bytes / 1e6:.0f} MB are free on the disk of {paths.folder}",
            mend=f"{suggested('ejmap', 'prune', paths.folder)}, or free some",
        )
    for folder in (paths.folder, paths.data, home):
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            mend = suggested("sudo", "chown", "-R", os.geteuid(), folder)
            yield Problem(what=f"user id {os.geteuid()} cannot write into {folder}", mend=mend)
    for database in sorted(home.glob("**/*.db")):
        fault = _fault_of(database)
        if fault:
            mend = f"{suggested('ejmap', 'restore')} BACKUP FOLDER, or move {home} away"
            yield Problem(what=f"{database} is damaged: {fault}", mend=mend)


def refused_files(project: "OpenProject") -> Iterator[Problem]:
    """Yield what a run would refuse before it begins: files that the settings name."""
    from ejmap_geo.errors import GeoError
    from ejmap_project.errors import ProjectError
    from ejmap_project.planetwide.stated_files import require_stated_files
    from ejmap_project.sources.kinds import source_of

    run = suggested("ejmap", "run", project.paths.folder)
    for look in (lambda: source_of(project).check(), lambda: require_stated_files(project)):
        try:
            look()
        except (GeoError, ProjectError) as error:
            yield Problem(what=str(error), mend=run)


def differences(project: "OpenProject", instance: "dg.DagsterInstance") -> Iterator[Problem]:
    """Yield where history, files and catalogue of a project disagree."""
    import dagster as dg

    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.partitions import CRATERS_NAME
    from ejmap_assets.run_process import is_gone
    from ejmap_assets.runs.lost_runs import UNFINISHED
    from ejmap_assets.status.verification import verify
    from ejmap_project.progress import Silence

    run = suggested("ejmap", "run", project.paths.folder)
    unfinished = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
    lost = [one.run_id[:8] for one in unfinished if is_gone(one)]
    if lost:
        yield Problem(what=f"the process of run {', '.join(lost)} was killed", mend=run)
    newest = instance.get_run_records(limit=1)
    ahead = newest[0].create_timestamp.timestamp() - time.time() if newest else 0.0
    if ahead > CLOCK_SECONDS:
        what = f"the newest run is {ahead / 60:.0f} min ahead of the clock, which was set back"
        yield Problem(what=what, mend="set the clock of this machine")
    book = book_of(project, instance)
    craters = set(book.craters)
    known = set(instance.get_dynamic_partitions(CRATERS_NAME))
    if craters and craters != known:
        what = f"{len(craters ^ known)} crater(s) are in the catalogue or the history alone"
        yield Problem(what=what, mend=run)
    faults = verify(book.snapshot(), Silence(), reads_all=False).faults
    for one in faults[:NAMED_FAULTS]:
        yield Problem(what=f"{one.artefact} is not as recorded: {one.fault}", mend=run)
    if len(faults) > NAMED_FAULTS:
        yield Problem(what=f"{len(faults) - NAMED_FAULTS} more are not as recorded", mend=run)


def _fault_of(database: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            (told,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if told == "ok" else str(told).splitlines()[-1]
