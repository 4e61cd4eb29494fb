"""Where the bench keeps its planets and what it scored."""

from pathlib import Path

import click

from ejmap_cli.command import FOLDER

WORK = click.option(
    "--work",
    type=FOLDER,
    default=Path("bench"),
    help="folder that keeps planets and scores, so that nothing is made twice; default: bench",
)
