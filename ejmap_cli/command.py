"""What the commands share: examples in their help, and arguments that several of them take."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_project.paths import MODEL_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem


class Command(click.Command):
    """A command whose help ends with examples, a line of its epilog each."""

    def format_epilog(
        self,
        ctx: click.Context,  # noqa: ARG002 (the signature is click's)
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the examples as they are; click would rewrap them into a paragraph."""
        with formatter.section("Examples"):
            for line in (self.epilog or "").splitlines():
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class CommandGroup(Command, click.Group):
    """A command of several words, such as ``ejmap models list``; its help ends with examples."""


class Folder(click.Path[Path]):
    """A folder, for which a shell completes folders only.

    Its existence is checked by the project layer, whose errors say what to do.
    """

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 (the signature is click's)
        param: click.Parameter,  # noqa: ARG002 (the same)
        incomplete: str,
    ) -> list["CompletionItem"]:
        """Ask the shell for folders."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="dir")]


class StatedColumns(click.ParamType[tuple[str, str]]):
    """``radius_m=R_km*1000``: a column of ours, and what it is in a table."""

    name = "NAME=COLUMN"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        """Split at the first sign of equality."""
        role, sign, column = str(value).partition("=")
        if not sign:
            self.fail(f"{value!r} has no =; state it as radius_m=R_km*1000", param, ctx)
        return role.strip(), column.strip()


FILE = click.Path(readable=False, path_type=Path)
FOLDER = Folder(readable=False, path_type=Path)

PROJECT = click.argument("project", type=FOLDER, help="project folder")
# The words name the default project again, because importing it takes a second.
PROJECT_OR_DEFAULT = click.argument(
    "project",
    type=FOLDER,
    required=False,
    help="project folder; default: EJMAP_PROJECT, else projects/demo",
)
MODEL = click.option(
    "--model", "kind", type=click.Choice(MODEL_KINDS), required=True, help="which model"
)
MASKS = click.option("--masks", type=FOLDER, help="folder of mask_NNNN.tif of labelled craters")
TILES = click.option("--tiles", type=FILE, help="rectangles in which the masks are complete")
VALUE_RANGE = click.option(
    "--value-range",
    type=(float, float),
    metavar="LOW HIGH",
    help="values of the mosaic that are black and white, unless it is 8-bit",
)
PAD = click.option("--pad", is_flag=True, help="the mosaic covers a part of the planet alone")
WEST_POSITIVE = click.option(
    "--west-positive", is_flag=True, help="longitudes of the crater table grow to the west"
)


def _once(
    ctx: click.Context, param: click.Parameter, stated: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Refuse a column that is stated twice: only one of them could count."""
    roles = [role for role, _ in stated]
    twice = next((role for role in roles if roles.count(role) > 1), None)
    if twice is not None:
        raise click.BadParameter(f"{twice} is stated twice; state it once", ctx, param)
    return stated


COLUMNS = click.option(
    "--column",
    "columns",
    type=StatedColumns(),
    multiple=True,
    callback=_once,
    help="a column of the crater table, such as radius_m=R_km*1000; may be repeated",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="print the same as JSON")


class BandNames(click.ParamType[str]):
    """What bands mean, as project.yaml states it."""

    name = "bands"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the meaning in its usual spelling, or say which ones there are."""
        from ejmap_ml.config.bands import bands_named, words_of

        try:
            return words_of(bands_named(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


BANDS = click.option(
    "--bands",
    type=BandNames(),
    help="grey, rgb, mercury-enhanced, or NAME,NAME,...; where the mosaic does not tell",
)


# Named again, because importing them takes a second; a test holds the two equal.
BODIES = (
    *("Mercury", "Moon", "Mars", "Ceres", "Vesta", "Ganymede", "Callisto", "Europa"),
    *("Dione", "Rhea"),
)
BODY_WORDS = f"{', '.join(BODIES)}, or one of them as NAME:KM on a sphere of another radius"


class BodyName(click.ParamType[str]):
    """A body that EJMAP knows, or ``NAME:KM`` for one on another sphere, in its usual spelling."""

    name = "body"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or say which ones there are."""
        from ejmap_geo.errors import BodyError
        from ejmap_geo.grids.body import body_named

        try:
            return body_named(value).stated
        except BodyError as error:
            self.fail(str(error), param, ctx)


def command(name: str, *examples: str) -> "Callable[[Callable[..., int]], Command]":
    """Make a function that returns an exit code a command with examples."""
    return click.command(name, cls=Command, epilog="\n".join(examples))


def require_project(folder: Path) -> None:
    """Refuse a folder without settings: an instance in it would be an empty one of no project.

    Raises:
        SettingsError: If there are none.
    """
    from ejmap_project.settings.project_folder import require_project_folder

    require_project_folder(folder)


def suggested(*words: object) -> str:
    """Return a command to type, quoted for a shell where a name needs it."""
    return shlex.join(map(str, words))


def chosen_folder(project: Path | None) -> Path:
    """Return the folder that was named, else that of EJMAP_PROJECT, else the demo's."""
    from ejmap_project.open_project import project_folder

    return project.resolve() if project else project_folder()
