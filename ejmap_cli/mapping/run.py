"""``ejmap run``, ``demo`` and ``quicklook``: from a project folder to its map."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import PROJECT, command, suggested
from ejmap_cli.console import Console
from ejmap_project.estimates import size_words
from ejmap_project.paths import MODEL_KINDS

if TYPE_CHECKING:
    from ejmap_assets.status.project_status import ProjectStatus
    from ejmap_project.open_project import OpenProject

QUICKLOOK_PROJECT = Path("projects") / "mercury-quicklook"
NUMBERED = ("member", "chunk")
PARTS = ("preparation", "promotion", *NUMBERED)


@command("demo", "ejmap demo", "ejmap ui      # then browse what it made")
def demo() -> int:
    """Map a synthetic planet with scores, and judge a candidate."""
    from ejmap_project.open_project import DEFAULT_PROJECT

    return _from_profile(DEFAULT_PROJECT, profile="demo")


@command("quicklook", "ejmap quicklook", f"ejmap ui {QUICKLOOK_PROJECT}")
def quicklook() -> int:
    """Map rayed craters of the real Mercury."""
    return _from_profile(QUICKLOOK_PROJECT, profile="mercury-quicklook")


@command("run", "ejmap run projects/mine", "ejmap run projects/mine --part chunk --number 3")
@PROJECT
@click.option(
    "--part",
    type=click.Choice(PARTS),
    help="only the part that one job of `ejmap slurm-script` makes",
)
@click.option(
    "--number", type=click.IntRange(0), help="which member or chunk of craters; the first is 0"
)
def run(project: Path, part: str | None, number: int | None) -> int:
    """Bring a project up to date; what is up to date is skipped."""
    if (number is None) is (part in NUMBERED):
        raise click.UsageError("--number goes with --part member and --part chunk, and only there")
    # Opened first: it keeps its own way to the terminal while libraries are silenced.
    with Console() as console:
        if part is not None:
            return make_part(project, console, part, number or 0)
        return make_project(project, console)


def make_part(folder: Path, console: Console, part: str, number: int) -> int:
    """Make one part of a project; see :mod:`ejmap_assets.runs.parts`.

    Args:
        folder: The project folder.
        console: Receives the progress.
        part: One of ``PARTS``.
        number: Which member or chunk.

    Returns:
        The exit code: 1 when a crater could not be mapped, although the rest was.
    """
    from ejmap_assets.definitions import runner_of
    from ejmap_assets.runs import parts
    from ejmap_assets.runs.instance import open_instance
    from ejmap_assets.runs.own_history import own_history, take_runs
    from ejmap_assets.runs.run_plan import RunPlan
    from ejmap_project.open_project import OpenProject

    project = OpenProject.at(folder.resolve())
    console.line(f"project {folder}: {part}{f' {number}' if part in NUMBERED else ''}")
    if part in NUMBERED:
        wanted = parts.member if part == "member" else parts.chunk
        with own_history(folder) as instance:
            runner = runner_of(project, instance, console)
            return 1 if runner.make_part(wanted(project, number)) else 0
    with open_instance(folder) as instance:
        take_runs(instance, folder)
        runner = runner_of(project, instance, console)
        if part == "preparation":
            return 1 if runner.make_part(parts.preparation(project)) else 0
        complaints = runner.make_part(parts.promotion(project))
        parts.divide_craters(RunPlan(project=project, instance=instance))
    return 1 if complaints else 0


def make_project(folder: Path, console: Console) -> int:
    """Bring a project up to date and say where its map lies.

    Returns:
        The exit code: 1 when a crater could not be mapped, although the rest was.
    """
    return 1 if bring_up_to_date(folder, console) else 0


def bring_up_to_date(folder: Path, console: Console) -> list[str]:
    """Bring a project up to date and say where its map lies.

    Returns:
        A sentence for each crater, or later step, that could not be made although the rest was.

    Raises:
        ProjectError: If the project is not valid, or a step failed on which the rest depends.
        ConfigError: If there is no such preset as the settings name.
    """
    from ejmap_assets.definitions import runner_of
    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.runs.instance import open_instance
    from ejmap_assets.runs.own_history import take_runs
    from ejmap_assets.status.project_status import status_of
    from ejmap_cli.mapping.results import result_lines
    from ejmap_project.models.model_version import model_of, wanted_versions
    from ejmap_project.models.seen_bands import require_readable
    from ejmap_project.open_project import OpenProject
    from ejmap_project.planetwide.stated_files import require_stated_files
    from ejmap_project.sources.kinds import source_of

    project = OpenProject.at(folder.resolve())
    console.line(f"project {folder}")
    for note in source_of(project).check():
        console.line(note)
    require_stated_files(project)
    for kind in MODEL_KINDS:
        for version in wanted_versions(project, kind):
            # Before anything is made: a misspelt preset should not cost a training set.
            model_of(project, kind, version)
    _require_training(project)
    require_readable(project)
    with open_instance(project.paths.folder) as instance:
        take_runs(instance, project.paths.folder)
        for line in announcement(status_of(book_of(project, instance))):
            console.line(line)
        complaints = runner_of(project, instance, console).run()
    console.line()
    for line in result_lines(project.paths, is_terminal=console.is_terminal):
        console.line(line)
    console.line(f"all of it  {suggested('ejmap', 'ui', folder)}")
    console.line(f"took {console.elapsed_seconds:.0f} s")
    for sentence in complaints:
        console.line(f"not done: {sentence}")
    return complaints


def announcement(found: "ProjectStatus") -> Iterator[str]:
    """Yield what a run will take, where that is worth telling, and whether the disk holds it."""
    cost = found.cost
    if cost.is_long:
        more = "; what the craters take is told once they are known" if found.states is None else ""
        yield f"takes {cost.words}{more}"
    if cost.size_bytes > found.free_bytes:
        yield (
            f"check this: about {size_words(cost.size_bytes)} are needed and "
            f"{size_words(found.free_bytes)} are free; free some disk, or move the project"
        )


def _require_training(project: "OpenProject") -> None:
    """Check that a project that trains says what its models learn from."""
    from ejmap_assets.lineage.selection import models_to_train
    from ejmap_project.errors import SettingsError
    from ejmap_project.models.model_version import is_wholly_given, wanted_versions

    trained = [
        version.name
        for kind in models_to_train(project)
        for version in wanted_versions(project, kind)
        if not is_wholly_given(project, kind, version)
    ]
    if trained and project.settings.training is None:
        raise SettingsError(
            f"{project.paths.settings} names {' and '.join(trained)}, which must be trained, and "
            "no training; add `training: {kind: synthetic, seeds: [1, 2, 3]}`, or name ready-made "
            "models (`ejmap models list`)"
        )


def _from_profile(folder: Path, *, profile: str) -> int:
    with Console() as console:
        from ejmap_project.settings.project import ProjectPaths, create_project

        if not ProjectPaths(folder).settings.exists():
            create_project(folder, profile=profile)
        return make_project(folder, console)
