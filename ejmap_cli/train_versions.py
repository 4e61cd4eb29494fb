"""Training versions beside the configured one: other configurations, other splits, more members."""

from collections.abc import Sequence
from pathlib import Path

from ejmap_assets.definitions import runner_of
from ejmap_assets.runs.instance import open_instance
from ejmap_assets.runs.runner import Training
from ejmap_cli.console import Console
from ejmap_project.errors import SettingsError
from ejmap_project.models.model_version import ModelVersion, configured_version, model_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.sources.kinds import source_of
from ejmap_project.training.split_table import split_numbers


def train_versions(
    folder: Path,
    console: Console,
    *,
    kind: ModelKind,
    names: Sequence[str],
    splits: Sequence[int],
    iterations: int | None,
) -> int:
    """Train ensembles of a project; members that are there and up to date are left alone.

    Args:
        folder: The project.
        console: Where progress is shown.
        kind: Which of the two models.
        names: Configurations: packaged presets or files in the project's ``models``; none takes the
            one that the settings name.
        splits: Splits to train each of them on; none takes the one that the settings name.
        iterations: Members of each ensemble; None takes the number of the settings.

    Returns:
        The exit code.

    Raises:
        SettingsError: If there is no such configuration, or no such split.
        SourceError: If published splits cannot be read.
        RunFailedError: If a training failed.
    """
    paths = ProjectPaths(folder.resolve())
    project = OpenProject.at(paths.folder)
    configured = configured_version(project, kind)
    _require_splits(project, splits)
    versions = [
        ModelVersion(name, split)
        for name in (names or [configured.name])
        for split in (splits or [configured.split])
    ]
    for version in versions:
        # Asked for before anything is made: a misspelt preset should not cost a training set.
        model_of(project, kind, version)
    trainings = [
        Training(
            kind=kind,
            version=version.key,
            iterations=iterations or project.settings.models.members(kind),
        )
        for version in versions
    ]
    with open_instance(paths.folder) as instance:
        runner_of(project, instance, console).train(trainings)
    for training in trainings:
        console.line(f"trained    {paths.model_version(kind, training.version)}")
    console.line(f"compare    materialise model_comparison in `ejmap ui {folder}`")
    console.line(f"took {console.elapsed_seconds:.0f} s")
    return 0


def _require_splits(project: OpenProject, splits: Sequence[int]) -> None:
    """Check that splits exist or will: the table of splits is made from the settings first."""
    if not splits:
        return
    known = split_numbers(project.settings.splits, given=source_of(project).splits())
    unknown = [split for split in splits if split not in known]
    if unknown:
        listed = ", ".join(map(str, known)) or "none"
        raise SettingsError(
            f"there is no split {unknown[0]}; the splits are {listed}: name one of them, or raise "
            f"splits.count in {project.paths.settings}"
        )
