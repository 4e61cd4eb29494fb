"""Files of a project that nothing needs any more: of former craters, and old output of runs."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ejmap_project.open_project import OpenProject

DAY_SECONDS = 86400.0
# Dagster keeps the output of a run in a folder with the id of the run as its name.
RUN_LOGS = "storage"
RUN_ID_LETTERS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A file or folder that may be removed.

    Attributes:
        path: The file or folder.
        why: Why nothing needs it.
    """

    path: Path
    why: str

    @property
    def size_bytes(self) -> int:
        """Size of its files; those that hard links share with others free nothing."""
        files = [self.path, *self.path.rglob("*")]
        found = (one.lstat() for one in files if not one.is_dir())
        return sum(one.st_size for one in found if one.st_nlink == 1)

    def remove(self) -> None:
        """Remove it."""
        if self.path.is_dir():
            shutil.rmtree(self.path)
        else:
            self.path.unlink()


def leftovers(project: OpenProject, home: Path, *, older_than_days: float) -> Iterator[Leftover]:
    """Yield what may be removed.

    Args:
        project: The project, on which nothing runs.
        home: Folder of its instance.
        older_than_days: Age from which the output of a run counts as old.
    """
    yield from _of_former_craters(project)
    if project.paths.damaged.is_dir():
        yield Leftover(path=project.paths.damaged, why="found damaged and moved away")
    latest = time.time() - older_than_days * DAY_SECONDS
    for folder in sorted((home / RUN_LOGS).glob("*-*-*-*-*")):
        is_of_run = folder.is_dir() and len(folder.name) == RUN_ID_LETTERS
        if is_of_run and folder.stat().st_mtime < latest:
            yield Leftover(path=folder, why="output of an old run")
    for log in sorted(project.paths.slurm.glob("*.log")):
        if log.stat().st_mtime < latest:
            yield Leftover(path=log, why="output of an old Slurm job")


def _of_former_craters(project: OpenProject) -> Iterator[Leftover]:
    known = set(project.craters())
    if not known:
        # A catalogue that is missing says nothing about craters.
        return
    folders = project.paths.all_craters.glob("[0-9]*")
    there = {one.name for one in folders if one.is_dir()}
    for key in sorted(there - known):
        places = [project.paths.crater(key)]
        places += sorted(project.paths.all_pictures.glob(f"*/{key}"))
        places += sorted(project.paths.all_manifests.glob(f"*/{key}.json"))
        yield from (Leftover(path=one, why=f"crater {key} left the catalogue") for one in places)
