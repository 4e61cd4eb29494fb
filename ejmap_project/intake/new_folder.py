"""The folder of a new project: free to be made, and written whole or not at all."""

from pathlib import Path

from ejmap_geo.whole_file import write_text
from ejmap_project.errors import SettingsError
from ejmap_project.paths import ProjectPaths

MOST_NAMED = 3


def mistakes_of_folder(paths: ProjectPaths) -> list[str]:
    """Return why a folder cannot become a project; nothing if it can."""
    folder = paths.folder
    if paths.settings.exists():
        return [f"{folder} is a project already; edit its project.yaml or name another"]
    if folder.exists() and not folder.is_dir():
        return [f"{folder} is a file, and a project is a folder; name another"]
    if "?" in str(folder.resolve()):
        why = "at which the address of its history would end"
        return [f"{folder} holds a question mark, {why}; name another folder"]
    found = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if found:
        shown = ", ".join(found[:MOST_NAMED])
        told = f"is no project and not empty (it holds {len(found)}, such as {shown})"
        return [f"{folder} {told}; name a new folder"]
    return []


def mistakes_of_names(*named: Path | None) -> list[str]:
    """Return a sentence for each path that settings in UTF-8 cannot hold."""
    wrong: list[str] = []
    for path in named:
        if path is None:
            continue
        try:
            str(path.resolve()).encode()
        except UnicodeEncodeError:
            shown = str(path).encode(errors="surrogateescape")
            wrong.append(f"the name {shown!r} is not in UTF-8; rename it, or name a copy of it")
    return wrong


def write_whole(paths: ProjectPaths, text: str) -> None:
    """Write the settings of a project; where that fails, no folder is left behind.

    Raises:
        SettingsError: If the folder cannot be written.
    """
    was_there = paths.folder.exists()
    try:
        write_text(paths.settings, text)
    except OSError as error:
        if not was_there and paths.folder.is_dir():
            paths.folder.rmdir()
        raise SettingsError(
            f"{paths.folder} cannot be written ({error.strerror}); name another folder"
        ) from error
