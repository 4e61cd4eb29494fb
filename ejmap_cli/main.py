"""The command ``ejmap``: arguments in, sentences out; the work is done elsewhere."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ejmap_cli.arguments import (
    describe_export,
    describe_import,
    describe_new,
    describe_promote,
    describe_roll_back,
    describe_train,
)
from ejmap_cli.console import Console
from ejmap_geo.errors import GeoError
from ejmap_ml.errors import MlError
from ejmap_project.errors import ProjectError
from ejmap_project.open_project import DEFAULT_PROJECT, project_folder

QUICKLOOK_PROJECT = Path("projects") / "mercury-quicklook"
DEFAULT_PORT = 3000
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    chosen = _parser().parse_args(arguments)
    try:
        return chosen.command(chosen)
    except (ProjectError, GeoError, MlError) as error:
        sys.stderr.write(f"ejmap: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nejmap: interrupted; the same command goes on where it stopped\n")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ejmap", description="Map the ejecta of fresh craters and trace them to their crater."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="make, train on and map synthetic planets, with scores")
    demo.set_defaults(command=_demo)
    quicklook = commands.add_parser("quicklook", help="map rayed craters of the real Mercury")
    quicklook.set_defaults(command=_quicklook)
    for name, command, describe, words in _LONG_COMMANDS:
        described = commands.add_parser(name, help=words)
        describe(described)
        described.set_defaults(command=command)
    run = commands.add_parser("run", help="bring a project up to date; skips what is current")
    run.add_argument("project", type=Path, help="project folder")
    run.set_defaults(command=_run)
    vet = commands.add_parser("vet", help="score the crater catalogue: what may be no crater?")
    vet.add_argument("project", type=Path, help="project folder")
    vet.set_defaults(command=_vet)
    ui = commands.add_parser("ui", help="browse a project's assets, maps and runs")
    ui.add_argument("project", type=Path, nargs="?", help=f"project folder ({DEFAULT_PROJECT})")
    ui.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on this machine (3000)")
    ui.set_defaults(command=_ui)
    env = commands.add_parser("env", help="print the variables of a project for Dagster's commands")
    env.add_argument("project", type=Path, nargs="?", help=f"project folder ({DEFAULT_PROJECT})")
    env.set_defaults(command=_env)
    doctor = commands.add_parser("doctor", help="say what is installed and how a project stands")
    doctor.add_argument("project", type=Path, nargs="?", help="project folder")
    doctor.set_defaults(command=_doctor)
    return parser


def _demo(_: argparse.Namespace) -> int:
    return _from_profile(DEFAULT_PROJECT, profile="demo")


def _quicklook(_: argparse.Namespace) -> int:
    return _from_profile(QUICKLOOK_PROJECT, profile="mercury-quicklook")


def _from_profile(folder: Path, *, profile: str) -> int:
    from ejmap_project.settings.project import ProjectPaths, create_project

    if not ProjectPaths(folder).settings.exists():
        create_project(folder, profile=profile)
    return _make(folder)


def _new(chosen: argparse.Namespace) -> int:
    from ejmap_project.intake.new_project import new_project

    notes = new_project(
        chosen.project,
        mosaic=chosen.mosaic,
        craters=chosen.craters,
        masks=chosen.masks,
        body=chosen.body,
    )
    for note in notes:
        sys.stdout.write(f"{note}\n")
    sys.stdout.write(f"{chosen.project / 'project.yaml'} is ready; ejmap run {chosen.project}\n")
    return 0


def _import(chosen: argparse.Namespace) -> int:
    from ejmap_project.intake.import_folder import import_folder, list_folder
    from ejmap_project.intake.import_plan import Wishes, versions_of

    if chosen.list:
        list_folder(chosen.folder, tables=chosen.tables, tell=_say)
        return 0
    project = chosen.project or DEFAULT_PROJECT.parent / chosen.folder.resolve().name
    wishes = Wishes(
        doi=chosen.doi,
        mosaic=chosen.mosaic,
        tables=chosen.tables,
        split=chosen.split,
        versions=versions_of(ejconn=chosen.ejconn_version, ejseg=chosen.ejseg_version),
        masks_run=chosen.masks_run,
    )
    import_folder(chosen.folder, project, wishes=wishes, tell=_say)
    _say(f"{project / 'project.yaml'} is ready; ejmap run {project}")
    return 0


def _export(chosen: argparse.Namespace) -> int:
    from ejmap_project.export.folder import USUAL, export_project
    from ejmap_project.export.published_names import PublishedNames
    from ejmap_project.open_project import OpenProject

    folder = chosen.project.resolve()
    project = OpenProject.at(folder)
    names = PublishedNames.of(
        project,
        ejconn=chosen.ejconn_version,
        ejseg=chosen.ejseg_version,
        split=chosen.split,
        run=chosen.run,
    )
    notes = export_project(
        project,
        chosen.folder,
        names=names,
        what=chosen.what or USUAL,
        force=chosen.force,
        tell=_say,
    )
    for note in notes:
        _say(f"left out: {note}")
    _say(f"{chosen.folder} holds version {names.ejseg} of EJSEG, {names.ejconn} of EJCONN")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run(chosen: argparse.Namespace) -> int:
    return _make(chosen.project)


def _train(chosen: argparse.Namespace) -> int:
    with Console() as console:
        from ejmap_cli.train_versions import train_versions

        return train_versions(
            chosen.project,
            console,
            kind=chosen.model,
            names=chosen.version,
            splits=chosen.split,
            iterations=chosen.iterations,
        )


def _promote(chosen: argparse.Namespace) -> int:
    from ejmap_assets.launch_config import BY_HAND, GATE

    return _decide(chosen, mode=BY_HAND if chosen.by_hand else GATE)


def _roll_back(chosen: argparse.Namespace) -> int:
    from ejmap_assets.launch_config import ROLL_BACK

    return _decide(chosen, mode=ROLL_BACK, to=chosen.to)


def _decide(chosen: argparse.Namespace, *, mode: str, to: str = "") -> int:
    with Console() as console:
        from ejmap_cli.decide_promotion import decide_promotion

        return decide_promotion(
            chosen.project, console, kind=chosen.model, mode=mode, to=to, reason=chosen.reason
        )


def _vet(chosen: argparse.Namespace) -> int:
    with Console() as console:
        from ejmap_cli.vet_catalogue import vet_catalogue

        return vet_catalogue(chosen.project, console)


def _make(folder: Path) -> int:
    # Opened first: it keeps its own way to the terminal while libraries are silenced.
    with Console() as console:
        from ejmap_cli.make_project import make_project

        return make_project(folder, console)


def _ui(chosen: argparse.Namespace) -> int:
    from ejmap_cli.webserver import start_webserver

    start_webserver(_chosen_folder(chosen), port=chosen.port)
    return 0


def _env(chosen: argparse.Namespace) -> int:
    from ejmap_assets.runs.instance import shell_lines

    for line in shell_lines(_chosen_folder(chosen)):
        sys.stdout.write(f"{line}\n")
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    from ejmap_cli.doctor import report

    for line in report(_chosen_folder(chosen)):
        sys.stdout.write(f"{line}\n")
    return 0


def _chosen_folder(chosen: argparse.Namespace) -> Path:
    """Return the folder that was named, else that of EJMAP_PROJECT, else the demo's."""
    return chosen.project.resolve() if chosen.project else project_folder()


_LONG_COMMANDS: tuple[
    tuple[str, Callable[[argparse.Namespace], int], Callable[[argparse.ArgumentParser], None], str],
    ...,
] = (
    ("new", _new, describe_new, "make a project from your mosaic and craters"),
    ("import", _import, describe_import, "make a project from published EJMAP data"),
    ("export", _export, describe_export, "write results as published EJMAP data"),
    ("train", _train, describe_train, "train further versions of a model"),
    ("promote", _promote, describe_promote, "let a trained model map the craters"),
    ("roll-back", _roll_back, describe_roll_back, "let a former model map them again"),
)

if __name__ == "__main__":
    sys.exit(main())
