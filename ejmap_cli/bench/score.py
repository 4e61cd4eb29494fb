"""``ejmap bench score``: one table of all entries."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.bench.work import WORK
from ejmap_cli.command import AS_JSON, command
from ejmap_cli.console import Console
from ejmap_cli.printing import print_json, table_lines

if TYPE_CHECKING:
    from ejmap_project.bench.page import TextTable


@command(
    "score",
    "ejmap bench score",
    "ejmap bench score projects/mine theirs=masks --parts",
    "ejmap bench score 'version 0.1'=models/old --json",
)
@click.argument(
    "entries",
    nargs=-1,
    metavar="[[NAME=]ENTRY ...]",
    help="further entries: projects, folders of model bundles, folders of masks",
)
@WORK
@click.option("--parts", is_flag=True, help="also by distance and confidence, and the spread")
@AS_JSON
def score(entries: Sequence[str], work: Path, *, parts: bool, as_json: bool) -> int:
    """Score tuned rules, ready-made models and other entries on the same planets and craters.

    Ten synthetic planets of frozen seeds, five grey and five in colour, and the deciding part of
    the reference set of real craters. The first time takes minutes; interrupted, the same command
    goes on where it stopped. docs/bench.md explains the columns and how to enter masks.
    """
    from ejmap_project.bench.entries import bench_entries
    from ejmap_project.bench.page import main_table, parts_table, spread_table
    from ejmap_project.bench.planets import BenchSet
    from ejmap_project.bench.scoring import score_entries
    from ejmap_project.bench.table import bench_document

    bench = BenchSet()
    asked = bench_entries(entries, bench, work)
    with Console() as console:
        scores = score_entries(asked, bench, work=work, progress=console)
    document = bench_document(scores, bench)
    if as_json:
        print_json(document)
        return 0
    tables = [main_table(document)]
    if parts:
        tables += [parts_table(document), spread_table(document)]
    click.echo("\n\n".join("\n".join(_lines(one)) for one in tables))
    return 0


def _lines(table: "TextTable") -> list[str]:
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    for number, title in enumerate(table.titles):
        shown.add_column(title, justify="right" if number else "left")
    for row in table.rows:
        shown.add_row(*row)
    return table_lines(shown, is_terminal=sys.stdout.isatty())
