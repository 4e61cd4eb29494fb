"""Which releases hold a file of a project as it is now."""

import filecmp
from collections.abc import Iterable
from pathlib import Path

from ejmap_project.paths import ProjectPaths
from ejmap_project.release.release_folder import release_folders


def releases_with(paths: ProjectPaths, files: Iterable[Path]) -> dict[Path, tuple[str, ...]]:
    """Return the names of the releases that hold each file with its present content, by number.

    A release has the layout of the project, so that one file of it is looked at, and read only
    where it is not a link to the same file.

    Args:
        paths: Paths of the project.
        files: Files of the project, below its folder.
    """
    folders = release_folders(paths)
    return {
        file: tuple(
            folder.name
            for folder in folders
            if _is_same(file, folder / file.relative_to(paths.folder))
        )
        for file in files
    }


def _is_same(one: Path, other: Path) -> bool:
    if not other.is_file():
        return False
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)
