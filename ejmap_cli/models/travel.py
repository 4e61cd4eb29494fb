"""``ejmap models``: which ensembles there are, and ensembles that travel between projects."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, FILE, FOLDER, PROJECT, CommandGroup, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ejmap_project.comparison.ensembles import KnownEnsemble

EXAMPLES = """\
ejmap models list projects/mine
ejmap models export projects/mine ejseg_polar polar.zip
ejmap models import projects/other polar.zip"""
SHOWN_SCORES = ("test_f1", "val_f1", "test_iou", "val_iou")


@command("list", "ejmap models list", "ejmap models list projects/mine --json")
@click.argument(
    "project",
    type=FOLDER,
    required=False,
    help="project folder; default: none, for what comes with EJMAP",
)
@AS_JSON
def list_models(project: Path | None, *, as_json: bool) -> int:
    """List ready-made ensembles, and versions that have members.

    Of a project: which ensembles it may map with, their members and mean scores, which one the
    settings name and which one maps the craters. Without a project: what comes with EJMAP.
    """
    from dataclasses import asdict

    from ejmap_cli.printing import print_json
    from ejmap_project.comparison.ensembles import known_ensembles, packaged_ensembles
    from ejmap_project.open_project import OpenProject

    found = (
        packaged_ensembles()
        if project is None
        else known_ensembles(OpenProject.at(project.resolve()))
    )
    if as_json:
        print_json([asdict(one) for one in found])
        return 0
    for line in _lines(found):
        click.echo(line)
    return 0


@command(
    "export",
    "ejmap models export projects/mine ejseg_polar polar.zip",
    "ejmap models export projects/mercury ejseg_v200@61 v200.zip",
)
@PROJECT
@click.argument("version", help="its name in `ejmap models list`")
@click.argument("file", type=FILE, help="file to write")
def export_model(project: Path, version: str, file: Path) -> int:
    """Write an ensemble as one file for other projects.

    Write weights, configurations, normalizations and provenance of all members of a version, with
    a model card, as one ZIP file.
    """
    from ejmap_project.models.ensemble_archive import export_ensemble
    from ejmap_project.open_project import OpenProject

    export_ensemble(OpenProject.at(project.resolve()), version, file)
    click.echo(f"{file} holds {version}; ejmap models import PROJECT {file}")
    return 0


@command(
    "import",
    "ejmap models import projects/mine polar.zip",
    "ejmap models import projects/mine polar.zip --name polar_of_mercury",
)
@PROJECT
@click.argument("file", type=FILE, help="file that `ejmap models export` wrote")
@click.option("--name", help="what to call it; default: its name there, and _imported")
def import_model(project: Path, file: Path, *, name: str | None) -> int:
    """Add the ensemble in a file to a project.

    Files may come from anybody: nothing in them is run, sizes are bounded, and every member must
    fit its own configuration. The ensemble lies in models/NAME of the project afterwards, and
    project.yaml may name it.
    """
    from ejmap_project.models.ensemble_archive import import_ensemble
    from ejmap_project.models.ready_models import kind_of
    from ejmap_project.open_project import OpenProject

    opened = OpenProject.at(project.resolve())
    found = import_ensemble(opened, file, name=name)
    click.echo(f"{found.folder} holds {found.member_count} member(s)")
    click.echo(f"name it in {opened.paths.settings}: models: {{{kind_of(found)}: {found.name}}}")
    return 0


@click.group(
    "models",
    cls=CommandGroup,
    commands=[list_models, export_model, import_model],
    epilog=EXAMPLES,
)
def models() -> None:
    """List ensembles; take them from project to project."""


def _lines(found: "Sequence[KnownEnsemble]") -> list[str]:
    """Return a table of ensembles, or a sentence where there are none."""
    from rich.table import Table

    from ejmap_cli.printing import table_lines

    if not found:
        return ["no ensembles: nothing is ready-made, imported or trained here yet"]
    table = Table(box=None, pad_edge=False)
    for heading in ("version", "model", "origin", "members", "reads", "scores", ""):
        table.add_column(heading, overflow="fold")
    for one in found:
        scores = (f"{name} {one.scores[name]:.3f}" for name in SHOWN_SCORES if name in one.scores)
        marks = [("configured", one.is_configured), ("maps the craters", one.maps)]
        table.add_row(
            one.version,
            one.kind,
            one.origin,
            str(one.members),
            one.reads or ("" if one.bands is None else f"{one.bands} band(s)"),
            ", ".join(scores),
            ", ".join(mark for mark, is_set in marks if is_set),
        )
    return table_lines(table, is_terminal=sys.stdout.isatty())
