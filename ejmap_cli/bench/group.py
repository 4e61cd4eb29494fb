"""``ejmap bench``: models, rules and masks, scored on the same planets and craters."""

import click

from ejmap_cli.bench.score import score
from ejmap_cli.bench.write import write
from ejmap_cli.command import CommandGroup

EXAMPLES = """\
ejmap bench score
ejmap bench score projects/mine
ejmap bench write bench/files"""


@click.group("bench", cls=CommandGroup, commands=[score, write], epilog=EXAMPLES)
def bench() -> None:
    """Score models, rules and masks on the same unseen planets and real craters."""
