"""``ejmap reference agree`` and ``merge``: how well people agree, and their tables as one."""

from collections.abc import Sequence
from pathlib import Path

import click

from ejmap_cli.command import AS_JSON, FILE, command
from ejmap_cli.reference.models_asked import CRATERS, DRAWINGS
from ejmap_cli.reference.score import print_scores


@command("agree", "ejmap reference agree", "ejmap reference agree --drawings ours.csv --json")
@DRAWINGS
@CRATERS
@AS_JSON
def agree(drawings: Path | None, craters: Path | None, *, as_json: bool) -> int:
    """Score drawings of two people against each other, in both directions.

    No model can be asked to agree better with a drawing than a second person does.
    """
    from ejmap_project.reference.agreement import drawer_agreement
    from ejmap_project.reference.reference_set import reference_set

    drawn = reference_set(drawings=drawings, craters=craters)
    print_scores(drawer_agreement(drawn), as_json=as_json)
    return 0


@command("merge", "ejmap reference merge first.csv second.csv all.csv")
@click.argument("tables", type=FILE, nargs=-1, required=True, help="tables of drawings")
@click.argument("out", type=FILE, help="the table that is written")
def merge(tables: Sequence[Path], out: Path) -> int:
    """Check tables of drawings and join them to one, its rows sorted."""
    from ejmap_project.errors import SettingsError
    from ejmap_project.reference.drawing_table import merged, read_drawings, read_table, write_table

    if out.exists():
        raise SettingsError(f"{out} is there already; name the table to write last, a new file")
    for path in tables:
        read_drawings(path)
    write_table(out, merged([read_table(path) for path in tables]))
    drawings = read_drawings(out)
    rays = sum(len(one.rays) for one in drawings)
    click.echo(f"{out}: {len(drawings)} drawings with {rays} rays")
    return 0
