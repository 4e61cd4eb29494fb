"""Whether a release is what its manifest says: no file altered, removed or added."""

from pathlib import Path

from ejmap_project.digest import file_sha256
from ejmap_project.release.release_folder import files_below
from ejmap_project.release_metadata.release_manifest import MANIFEST, read_release_manifest


def faults_of(folder: Path) -> list[str]:
    """Return a sentence for every file of a release that is not as it was made; none if all are.

    Raises:
        ReleaseError: If its manifest cannot be read.
    """
    manifest = read_release_manifest(folder)
    there = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    faults = [f"{MANIFEST} is of another release"] if manifest.label != folder.name else []
    for note in manifest.files:
        path = there.pop(note.path, None)
        if path is None:
            faults.append(f"{note.path} is gone")
        elif path.stat().st_size != note.size or file_sha256(path) != note.sha256:
            faults.append(f"{note.path} was altered")
    there.pop(MANIFEST, None)
    return [*faults, *(f"{name} was added" for name in there)]
