"""``ejmap release``: the map frozen as numbered folders."""

import click

from ejmap_cli.command import CommandGroup
from ejmap_cli.release.diff import diff
from ejmap_cli.release.keep import prune, verify
from ejmap_cli.release.make import make
from ejmap_cli.release.read import list_releases, show

EXAMPLES = """\
ejmap release projects/mine first --note "for the poster"
ejmap release list projects/mine
ejmap release diff projects/mine 1 2 --html changes.html"""


class ReleaseGroup(CommandGroup):
    """A group whose first word may be a project: then the release is made."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a word that is no command for the project to release."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = [make.name or "", *args]
        return super().resolve_command(ctx, args)


@click.group(
    "release",
    cls=ReleaseGroup,
    commands=[make, list_releases, show, diff, verify, prune],
    epilog=EXAMPLES,
    subcommand_metavar="PROJECT NAME | COMMAND [ARGS]...",
)
def release() -> None:
    """Freeze the map; list, compare, check, remove releases.

    A release is a read-only folder in data/releases of the project: map, tables, models and
    provenance as they are now, with a report that opens by double click. `ejmap release PROJECT
    NAME` makes one.
    """
