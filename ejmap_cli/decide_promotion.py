"""Deciding from the command line which ensemble maps the craters from now on."""

from pathlib import Path

from ejmap_assets.definitions import runner_of
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.console import Console
from ejmap_project.models.promotion_record import Decision, promotions
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.settings.project import ProjectPaths


def decide_promotion(
    folder: Path, console: Console, *, kind: ModelKind, mode: str, to: str, reason: str
) -> int:
    """Promote the configured version of a model, or roll back to a former ensemble.

    Args:
        folder: The project.
        console: Where the decision is told.
        kind: Which of the two models.
        mode: ``gate``, ``by_hand`` or ``roll_back``.
        to: Digest of the ensemble to roll back to, or its beginning; empty takes the former one.
        reason: Why, for the record.

    Returns:
        0, or 1 if the gate kept the current ensemble.

    Raises:
        SettingsError: If there is no such project.
        RunFailedError: If nothing is trained yet, or there is nothing to roll back to.
    """
    paths = ProjectPaths(folder.resolve())
    project = OpenProject.at(paths.folder)
    with open_instance(paths.folder) as instance:
        runner_of(project, instance, console).decide(kind, mode=mode, to=to, reason=reason)
    decided = promotions(paths, kind)[-1]
    console.line(f"{decided.decision.value}: {decided.reason}")
    console.line(f"{kind} maps with {decided.current.version} ({decided.current.digest})")
    if decided.decision is Decision.KEPT:
        return 1
    console.line(f"map with it: ejmap run {folder}")
    return 0
