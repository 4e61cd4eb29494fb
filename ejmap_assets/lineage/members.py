"""Members of ensembles in the lineage: where their bundle lies, and which of them come as files."""

from pathlib import Path

from ejmap_assets.lineage.row import Output, Published
from ejmap_project.models.model_version import is_given, version_and_iteration
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, ProjectPaths


def bundle_of(kind: ModelKind) -> Output:
    """Return where the bundle of a member lies, by its partition key."""

    def bundle(paths: ProjectPaths, key: str) -> Path:
        version, iteration = version_and_iteration(key)
        return paths.model_bundle(kind, version=version, iteration=iteration)

    return bundle


def given(kind: ModelKind) -> Published:
    """Return that ready-made and imported members are made from nothing of the project."""

    def is_used(project: OpenProject, key: str) -> bool:
        return is_given(project, kind, *version_and_iteration(key))

    return Published(is_used=is_used)
