"""``ejmap reference``: real craters drawn by eye, and what models find of them."""

import click

from ejmap_cli.command import Command
from ejmap_cli.reference.drawings import agree, merge
from ejmap_cli.reference.picture import picture
from ejmap_cli.reference.score import score

EXAMPLES = """\
ejmap reference score projects/mine
ejmap reference picture projects/mine pictures --crater Hokusai"""


class Group(Command, click.Group):
    """Commands under one word, with examples."""


@click.group("reference", cls=Group, commands=[score, picture, agree, merge], epilog=EXAMPLES)
def reference() -> None:
    """Score models on real craters whose ejecta were drawn by eye."""
