"""Which releases hold a file of a project as it is now."""

from collections.abc import Iterable
from pathlib import Path

from ejmap_project.digest import file_sha256
from ejmap_project.paths import ProjectPaths
from ejmap_project.release.release_folder import release_folders
from ejmap_project.release_metadata.manifest import read_manifest


def releases_with(paths: ProjectPaths, files: Iterable[Path]) -> dict[Path, tuple[str, ...]]:
    """Return the names of the releases that hold each file with its present content, by number.

    Args:
        paths: Paths of the project.
        files: Files of the project, below its folder.

    Raises:
        ReleaseError: If the manifest of a release cannot be read.
    """
    digests = {one: file_sha256(one) for one in files}
    found: dict[Path, list[str]] = {one: [] for one in digests}
    if not digests:
        return {}
    for folder in release_folders(paths):
        manifest = read_manifest(folder)
        held = {(note.path, note.sha256) for note in manifest.files}
        for file, digest in digests.items():
            if (file.relative_to(paths.folder).as_posix(), digest) in held:
                found[file].append(manifest.label)
    return {file: tuple(names) for file, names in found.items()}
