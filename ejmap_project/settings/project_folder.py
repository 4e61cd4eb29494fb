"""Whether a folder is a project, and what a person can do about one that is not."""

import shlex
from pathlib import Path

from ejmap_project.errors import SettingsError
from ejmap_project.paths import ProjectPaths


def require_project_folder(folder: Path) -> None:
    """Refuse a folder without settings, with a remedy that works for it.

    Raises:
        SettingsError: If there are none.
    """
    if not ProjectPaths(folder).settings.is_file():
        raise SettingsError(_told(folder))


def command_on(folder: Path, *words: str) -> str:
    """Return a command of a project to type, quoted for a shell where the folder needs it."""
    return f"`{shlex.join(['ejmap', *words, str(folder)])}`"


def _told(folder: Path) -> str:
    if folder.is_file():
        parent = folder.parent
        is_in_project = ProjectPaths(parent).settings.is_file()
        other = str(parent) if is_in_project else "a project folder"
        return f"{folder} is a file, and a project is a folder; name {other}"
    is_free = not folder.exists() or not any(folder.iterdir())
    name, where = (shlex.quote(str(folder)), "") if is_free else ("FOLDER", "in a new folder ")
    why = "it has no project.yaml" if folder.exists() else "it does not exist"
    new = f"`ejmap new {name} --mosaic FILE --craters FILE`"
    return f"{folder} is no project: {why}; name a project folder, or make one {where}with {new}"
