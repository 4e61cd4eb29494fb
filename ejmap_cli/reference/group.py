"""``ejmap reference``: real craters drawn by eye, and what models find of them."""

import click

from ejmap_cli.command import CommandGroup
from ejmap_cli.reference.drawings import agree, merge
from ejmap_cli.reference.picture import picture
from ejmap_cli.reference.score import score

EXAMPLES = """\
ejmap reference score projects/mine
ejmap reference picture projects/mine pictures --crater Hokusai"""


@click.group(
    "reference", cls=CommandGroup, commands=[score, picture, agree, merge], epilog=EXAMPLES
)
def reference() -> None:
    """Score models on real craters whose ejecta were drawn by eye."""
