"""Which samples a version of a model learns from: a note names their folder. No torch."""

import json
from pathlib import Path

from ejmap_project.paths import ModelKind, ProjectPaths

LOOK = "look"


def sample_folder(paths: ProjectPaths, kind: ModelKind, version: str) -> Path | None:
    """Return the folder of the samples of a version; None if no note names one."""
    try:
        told = json.loads(paths.samples_note(kind, version).read_bytes())
        return paths.samples(str(told[LOOK]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def sample_files(paths: ProjectPaths, kind: ModelKind, version: str) -> tuple[Path, ...]:
    """Return the note of a version and the folder of its samples, where it names one."""
    folder = sample_folder(paths, kind, version)
    note = paths.samples_note(kind, version)
    return (note,) if folder is None else (note, folder)
