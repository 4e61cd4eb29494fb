"""``ejmap train``: ensembles of other configurations, other splits, more members."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import MODEL, PROJECT, command, suggested
from ejmap_cli.console import Console

if TYPE_CHECKING:
    from ejmap_project.open_project import OpenProject
    from ejmap_project.paths import ModelKind


@command(
    "train",
    "ejmap train projects/mine --model ejconn",
    "ejmap train projects/mercury --model ejseg --version ejseg_v200 --split 61 --iterations 20",
)
@PROJECT
@MODEL
@click.option(
    "--version",
    multiple=True,
    metavar="NAME",
    help="preset, or models/NAME.yaml of the project; may be repeated; "
    "default: that of the settings",
)
@click.option(
    "--split",
    type=int,
    multiple=True,
    metavar="K",
    help="split whose test tiles are held back; may be repeated; default: that of the settings",
)
@click.option(
    "--iterations",
    type=click.IntRange(1, 20),
    help="members of each ensemble; default: those of the settings",
)
def train(
    project: Path,
    kind: "ModelKind",
    version: Sequence[str],
    split: Sequence[int],
    iterations: int | None,
) -> int:
    """Train further versions of a model.

    Every version is trained on every split; without --version or --split, those that the settings
    name. Members of an ensemble that are up to date are not trained again.
    """
    from ejmap_assets.definitions import runner_of
    from ejmap_assets.runs.instance import open_instance
    from ejmap_assets.runs.runner import Training
    from ejmap_project.errors import SettingsError
    from ejmap_project.models.model_version import (
        ModelVersion,
        configured_version,
        member_count,
        model_of,
        ready_made,
        version_named,
    )
    from ejmap_project.open_project import OpenProject

    opened = OpenProject.at(project.resolve())
    _require_splits(opened, split)
    named = [version_named(opened, kind, one) for one in version]
    versions = [
        ModelVersion(one.name, number)
        for one in (named or [configured_version(opened, kind)])
        for number in (split or [one.split])
    ]
    for one in versions:
        # Before anything is made: a misspelt preset should not cost a training set.
        model_of(opened, kind, one)
        if ready_made(opened, kind, one) is not None:
            raise SettingsError(
                f"{one.key} is ready-made and is not trained; name a preset with --version"
            )
    trainings = [
        Training(
            kind=kind, version=one.key, iterations=iterations or member_count(opened, kind, one)
        )
        for one in versions
    ]
    with Console() as console:
        with open_instance(opened.paths.folder) as instance:
            runner_of(opened, instance, console).train(trainings)
        for training in trainings:
            console.line(f"trained    {opened.paths.model_version(kind, training.version)}")
        console.line(
            f"compare    materialise model_comparison in `{suggested('ejmap', 'ui', project)}`"
        )
        console.line(f"took {console.elapsed_seconds:.0f} s")
    return 0


def _require_splits(project: "OpenProject", splits: Sequence[int]) -> None:
    """Check that splits exist or will: the table of splits is made from the settings first."""
    from ejmap_project.errors import SettingsError
    from ejmap_project.sources.kinds import source_of
    from ejmap_project.training.split_table import split_numbers

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
