"""The command ``ejmap``: words in, sentences and an exit code out; the commands do the work."""

import io
import sys
from collections.abc import Sequence

import click

from ejmap_cli.bench.group import bench
from ejmap_cli.command import CommandGroup
from ejmap_cli.corrections.correct import correct
from ejmap_cli.corrections.import_labels import import_labels
from ejmap_cli.failure import sentence_of
from ejmap_cli.mapping.explain import explain
from ejmap_cli.mapping.map_files import map_files
from ejmap_cli.mapping.run import demo, quicklook, run
from ejmap_cli.mapping.score_masks import score_masks
from ejmap_cli.mapping.slurm_script import slurm_script
from ejmap_cli.mapping.vet import vet
from ejmap_cli.models.promote import promote, roll_back
from ejmap_cli.models.train import train
from ejmap_cli.models.travel import models
from ejmap_cli.process_group import INTERRUPTED
from ejmap_cli.projects.export import export
from ejmap_cli.projects.import_folder import import_folder
from ejmap_cli.projects.new import new
from ejmap_cli.reference.group import reference
from ejmap_cli.release.group import release
from ejmap_cli.service.backup import backup, restore
from ejmap_cli.service.doctor import doctor
from ejmap_cli.service.prune import prune
from ejmap_cli.service.status import status
from ejmap_cli.service.storage import storage
from ejmap_cli.service.ui import env, ui
from ejmap_cli.service.verify import verify

SECTIONS = {
    "Mapping": (map_files, demo, quicklook, run, slurm_script, vet, explain, score_masks),
    "Projects": (new, import_folder, export, release),
    "Models": (train, promote, roll_back, models, reference, bench),
    "Corrections": (correct, import_labels),
    "Service": (status, verify, ui, env, doctor, backup, restore, storage, prune),
}
EXAMPLES = """\
ejmap demo
ejmap new projects/mine --mosaic mosaic.tif --craters craters.gpkg
ejmap run projects/mine
ejmap ui projects/mine"""


class Ejmap(CommandGroup):
    """The commands by section."""

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 (the signature is click's)
        formatter: click.HelpFormatter,
    ) -> None:
        """Write a section for each kind of command, in the order in which people need them."""
        width = max(map(len, self.commands))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(f"{one.name:<{width}}", one.get_short_help_str(100)) for one in commands]
                )


@click.group(
    cls=Ejmap,
    commands=[one for commands in SECTIONS.values() for one in commands],
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="ejmap", message="%(prog)s %(version)s")
def ejmap() -> None:
    """Map the ejecta of fresh craters and trace them to their crater.

    Commands, options and folders complete in bash after this line, which may stand in ~/.bashrc
    (zsh_source and fish_source for other shells):

    \b
      eval "$(_EJMAP_COMPLETE=bash_source ejmap)"
    """  # noqa: D301 (click reads the backspace as "do not rewrap")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe may lack characters that names have, such as a macron.
            stream.reconfigure(errors="backslashreplace")
    try:
        return ejmap.main(arguments, prog_name="ejmap", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("ejmap: interrupted; the same command goes on where it stopped", err=True)
        return INTERRUPTED
    except Exception as error:  # what has no sentence is raised again
        told = sentence_of(error)
        if told is None:
            raise
        click.echo(f"ejmap: {told}", err=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
