"""``ejmap promote`` and ``roll-back``: which ensemble maps the craters from now on."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import MODEL, PROJECT, command, suggested
from ejmap_cli.console import Console

if TYPE_CHECKING:
    from ejmap_project.open_project import OpenProject
    from ejmap_project.paths import ModelKind

REASON = click.option("--reason", default="", help="why, for the record")


@command(
    "promote",
    "ejmap promote projects/mine --model ejseg",
    "ejmap promote projects/mine --model ejseg --version ejseg_polar_grey",
    'ejmap promote projects/mine --model ejseg --by-hand --reason "better on rays"',
)
@PROJECT
@MODEL
@REASON
@click.option(
    "--version",
    default="",
    metavar="NAME",
    help="trained version; default: those that the settings name",
)
@click.option("--by-hand", is_flag=True, help="whatever the gate says")
def promote(project: Path, kind: "ModelKind", reason: str, version: str, *, by_hand: bool) -> int:
    """Let a trained model map the craters.

    Let a version of a model map the craters if it passes the gate: its test F1 must hold against
    the current ensemble's, it must find no less on real craters, and no check may be red. Nothing
    is mapped yet: `ejmap run`, or keep_up_to_date in the UI, does that.
    """
    from ejmap_assets.launch_config import BY_HAND, GATE

    mode = BY_HAND if by_hand else GATE
    return _decide(project, kind, mode=mode, version=version, reason=reason)


@command(
    "roll-back",
    "ejmap roll-back projects/mine --model ejseg",
    "ejmap roll-back projects/mine --model ejseg --to 3f9c",
)
@PROJECT
@MODEL
@REASON
@click.option(
    "--to",
    default="",
    metavar="DIGEST",
    help="digest of the ensemble, or its beginning; default: the one that mapped before",
)
def roll_back(project: Path, kind: "ModelKind", reason: str, to: str) -> int:
    """Let a former model map the craters again.

    Let an ensemble that was promoted before map the craters again. Masks that it made and that are
    kept (mapping.kept_results) are found again by the next `ejmap run`.
    """
    from ejmap_assets.launch_config import ROLL_BACK

    return _decide(project, kind, mode=ROLL_BACK, to=to, reason=reason)


def _decide(
    folder: Path,
    kind: "ModelKind",
    *,
    mode: str,
    reason: str,
    version: str = "",
    to: str = "",
) -> int:
    """Decide, say what was decided, and return 1 if the gate kept the current ensemble."""
    from ejmap_assets.definitions import runner_of
    from ejmap_assets.launch_config import ROLL_BACK
    from ejmap_assets.runs.instance import open_instance
    from ejmap_project.models.promotion_record import Decision, promotions
    from ejmap_project.open_project import OpenProject

    with Console() as console:
        project = OpenProject.at(folder.resolve())
        if mode != ROLL_BACK:
            _require_members(project, kind, folder)
        with open_instance(project.paths.folder) as instance:
            runner = runner_of(project, instance, console)
            runner.decide(kind, mode=mode, version=version, to=to, reason=reason)
        decided = promotions(project.paths, kind)[-1]
        console.line(f"{decided.decision.value}: {decided.reason}")
        console.line(f"{kind} maps with {decided.current.version} ({decided.current.digest})")
        if decided.decision is Decision.KEPT:
            return 1
        console.line(f"map with it: {suggested('ejmap', 'run', folder)}")
        return 0


def _require_members(project: "OpenProject", kind: "ModelKind", folder: Path) -> None:
    """Check that the configured ensemble is there; `ejmap run` trains or copies it."""
    from ejmap_project.errors import StepError
    from ejmap_project.models.model_version import configured_version, member_count

    version, count = configured_version(project, kind), member_count(project, kind)
    missing = [
        number
        for number in range(count)
        if not project.paths.model_bundle(kind, version=version.key, iteration=number).is_dir()
    ]
    if missing:
        raise StepError(
            f"{version.key} has {count - len(missing)} of its {count} member(s), so there is "
            f"nothing to promote yet; `ejmap train {folder} --model {kind}` makes the others"
        )
