"""Where releases lie: numbered folders that are found by number or name, listed and removed."""

import re
import shutil
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from ejmap_project.errors import ReleaseError
from ejmap_project.files.sole_holder import sole_holder
from ejmap_project.paths import ProjectPaths

FOLDER_NAME = re.compile(r"(\d{4,})_([A-Za-z0-9][A-Za-z0-9._-]*)")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
# Words after `ejmap release`: a slip in their order must not freeze a map for ever.
COMMANDS = frozenset({"make", "list", "show", "diff", "verify", "prune"})
LOCK = ".lock"
REPORT = "report.html"
# Where the webserver answers the report of a release.
REPORT_ROUTE = f"/releases/{{folder}}/{REPORT}"


def release_folders(paths: ProjectPaths) -> list[Path]:
    """Return the folders of all releases of a project, by number."""
    if not paths.releases.is_dir():
        return []
    found = (one for one in paths.releases.iterdir() if FOLDER_NAME.fullmatch(one.name))
    return sorted(found, key=number_of)


def number_of(folder: Path) -> int:
    """Return the number in the name of a release's folder."""
    return int(folder.name.partition("_")[0])


def release_folder(paths: ProjectPaths, asked: str) -> Path:
    """Return the folder of a release that somebody names by number, name or both.

    Raises:
        ReleaseError: If there is none.
    """
    folders = release_folders(paths)
    for folder in folders:
        number, _, name = folder.name.partition("_")
        if asked in (folder.name, number, name) or (asked.isdigit() and int(asked) == int(number)):
            return folder
    known = ", ".join(one.name for one in folders) or "none yet"
    raise ReleaseError(f"there is no release {asked!r:.80} in {paths.folder}; there are: {known}")


def require_free_name(paths: ProjectPaths, name: str) -> None:
    """Check the name of a new release.

    Raises:
        ReleaseError: If it is no name, or another release has it.
    """
    if name in COMMANDS:
        raise ReleaseError(
            f"{name} is a command, and comes before the project: `ejmap release {name} PROJECT`; "
            "choose another name for a release"
        )
    if not NAME.fullmatch(name) or name.isdigit():
        raise ReleaseError(
            f"{name!r:.80} is no name of a release; give up to 60 letters, digits, points, _ and "
            "-, not digits alone, the first one a letter or digit"
        )
    taken = [one for one in release_folders(paths) if one.name.partition("_")[2] == name]
    if taken:
        raise ReleaseError(f"{taken[0].name} has that name already; choose another")


@contextmanager
def alone(paths: ProjectPaths) -> Generator[None]:
    """Hold the right to add and remove releases, and clear what an interrupted one left behind.

    Raises:
        ReleaseError: If another process holds it.
    """
    taken = ReleaseError(
        "another release of this project is being made or removed; repeat this later"
    )
    with sole_holder(paths.releases / LOCK, otherwise=taken):
        for left in paths.releases.glob(".[0-9]*-*"):
            remove_folder(left)
        yield


def next_number(paths: ProjectPaths) -> int:
    """Return the number of the next release: one more than the highest that is there."""
    return max((number_of(one) for one in release_folders(paths)), default=0) + 1


def remove_folder(folder: Path) -> None:
    """Remove a release or a part of one; files that its links share with others stay there."""
    doomed = folder.with_name(f".{folder.name.lstrip('.')}-removed")
    # Renamed first, so that a release is never seen in part.
    folder.rename(doomed)
    shutil.rmtree(doomed)


def prunable(paths: ProjectPaths, *, keep: int) -> list[Path]:
    """Return the releases beyond the newest ``keep``, the oldest first."""
    folders = release_folders(paths)
    return folders[: max(0, len(folders) - keep)]


def files_below(folder: Path) -> Iterator[Path]:
    """Yield all files of a folder in the order of their paths; folders and links are none."""
    for path in sorted(folder.rglob("*")):
        if stat.S_ISREG(path.lstat().st_mode):
            yield path
