"""``ejmap bench write``: the mosaics of the bench as files, for others to map."""

from pathlib import Path

import click

from ejmap_cli.bench.work import WORK
from ejmap_cli.command import FOLDER, command
from ejmap_cli.console import Console


@command("write", "ejmap bench write bench/files")
@click.argument("folder", type=FOLDER, help="folder that mosaics and crater tables go to")
@WORK
def write(folder: Path, work: Path) -> int:
    """Write the mosaics of the bench and their craters, so that any program can map them.

    Every planet gets a folder with mosaic.tif and craters.csv. Put masks into a folder of the same
    names, as mask_0001.tif and so on by crater_id, and enter it: `ejmap bench score NAME=FOLDER`.
    Or make a project of a mosaic there and map it.
    """
    from ejmap_project.bench.planets import BenchSet
    from ejmap_project.bench.written import write_bench

    with Console() as console:
        written = write_bench(BenchSet(), folder, work=work, progress=console)
    for place in written:
        click.echo(place)
    return 0
