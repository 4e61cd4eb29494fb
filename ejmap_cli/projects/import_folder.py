"""``ejmap import``: a project from a published folder, or a list of what the folder holds."""

from pathlib import Path

import click

from ejmap_cli.command import AS_JSON, FILE, FOLDER, command, suggested
from ejmap_cli.printing import print_json


@command(
    "import",
    "ejmap import ejmap-data --list",
    "ejmap import ejmap-data --list --json",
    "ejmap import ejmap-data --project projects/mercury",
    "ejmap import ejmap-data --split 61 --ejseg-version 200",
)
@click.argument("folder", type=FOLDER, help="folder that holds data/ and results/")
@click.option("--project", type=FOLDER, help="folder to make; default: projects/NAME of FOLDER")
@click.option("--list", "only_list", is_flag=True, help="only list; make nothing")
@click.option("--mosaic", type=FILE, help="mosaic to take instead of the folder's")
@click.option("--doi", help="origin; default: the DOI of the published EJMAP data")
@click.option("--tables", type=FOLDER, help="folder of the *_version_hparams.csv")
@click.option("--split", type=int, metavar="K", help="split of column test_K")
@click.option("--ejconn-version", type=int, metavar="V", help="version of EJCONN")
@click.option("--ejseg-version", type=int, metavar="V", help="version of EJSEG")
@click.option("--masks-run", metavar="RUN", help="show these masks; map nothing")
@AS_JSON
def import_folder(
    folder: Path,
    *,
    project: Path | None,
    only_list: bool,
    mosaic: Path | None,
    doi: str | None,
    tables: Path | None,
    split: int | None,
    ejconn_version: int | None,
    ejseg_version: int | None,
    masks_run: str | None,
    as_json: bool,
) -> int:
    """Make a project from published EJMAP data.

    List what a published EJMAP folder (data/ and results/, or any part of them) holds, what it
    lacks and what that rules out, and make a project that maps, evaluates and trains with it.
    """
    if as_json and not only_list:
        raise click.UsageError("--json goes with --list")
    from ejmap_project.intake import import_folder as intake
    from ejmap_project.intake.import_plan import Wishes, versions_of
    from ejmap_project.open_project import DEFAULT_PROJECT
    from ejmap_project.settings.sources import PUBLISHED_DOI

    if as_json:
        print_json(_inventory(folder, tables))
        return 0
    if only_list:
        intake.list_folder(folder, tables=tables, tell=click.echo)
        return 0
    made = project or DEFAULT_PROJECT.parent / folder.resolve().name
    wishes = Wishes(
        doi=PUBLISHED_DOI if doi is None else doi,
        mosaic=mosaic,
        tables=tables,
        split=split,
        versions=versions_of(ejconn=ejconn_version, ejseg=ejseg_version),
        masks_run=masks_run,
    )
    intake.import_folder(folder, made, wishes=wishes, tell=click.echo)
    click.echo(f"{made / 'project.yaml'} is ready; {suggested('ejmap', 'run', made)}")
    return 0


def _inventory(folder: Path, tables: Path | None) -> dict[str, object]:
    """Return the facts of :meth:`ejmap_project.published.inventory.Inventory.lines`."""
    from ejmap_project.published.inventory import take_inventory
    from ejmap_project.published.layout import PublishedFolder

    inventory = take_inventory(PublishedFolder.at(folder), tables=tables)
    return {
        "found": [
            {"part": one.part.name, "files": one.files, "detail": one.detail}
            for one in inventory.findings
            if one.files
        ],
        "missing": [
            {"part": one.part.name, "without": one.part.without}
            for one in inventory.findings
            if not one.files
        ],
        "notes": list(inventory.notes),
    }
