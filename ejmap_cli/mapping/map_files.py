"""``ejmap map``: from two files to a map, in one command that goes on where it stopped."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import (
    AS_JSON,
    BANDS,
    BODY_WORDS,
    COLUMNS,
    FILE,
    FOLDER,
    MASKS,
    PAD,
    TILES,
    VALUE_RANGE,
    WEST_POSITIVE,
    BodyName,
    command,
    suggested,
)
from ejmap_cli.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ejmap_project.open_project import OpenProject


# Of a project that is made without saying.
NEW_BODY = "Mercury"


@command(
    "map",
    "ejmap map mosaic.tif craters.gpkg projects/mine",
    "ejmap map wac.tif craters.csv projects/moon --body Moon --json",
)
@click.argument("mosaic", type=FILE, help="raster of the planet")
@click.argument("craters", type=FILE, help=".gpkg, .shp, .parquet or .csv")
@click.argument("out", type=FOLDER, help="folder of the project to make, or to go on with")
@MASKS
@TILES
@click.option(
    "--body",
    type=BodyName(),
    help=f"{BODY_WORDS}; default: that of the project, else Mercury",
)
@BANDS
@VALUE_RANGE
@PAD
@WEST_POSITIVE
@COLUMNS
@AS_JSON
def map_files(
    mosaic: Path,
    craters: Path,
    out: Path,
    *,
    masks: Path | None,
    tiles: Path | None,
    body: str | None,
    bands: str | None,
    value_range: tuple[float, float] | None,
    pad: bool,
    west_positive: bool,
    columns: tuple[tuple[str, str], ...],
    as_json: bool,
) -> int:
    """Map the ejecta of your craters: project, run and map in one.

    Make a project of a mosaic and a crater table as `ejmap new` does, and bring it up to date as
    `ejmap run` does. The same command again goes on where it stopped, and maps what changed.
    Progress goes to standard error, so that --json leaves standard output to programs.
    """
    from ejmap_cli.mapping.run import bring_up_to_date
    from ejmap_cli.printing import print_json
    from ejmap_project.intake.new_project import new_project
    from ejmap_project.open_project import OpenProject
    from ejmap_project.paths import ProjectPaths

    asked = {
        "masks": masks,
        "tiles": tiles,
        "value_range": value_range,
        "pad": pad or None,
        "west_positive": west_positive or None,
        "columns": dict(columns) or None,
    }
    with Console() as console:
        if ProjectPaths(out).settings.exists():
            project = OpenProject.at(out.resolve())
            _require_same_files(project, mosaic, craters)
            _require_same_settings(project, body=body, bands=bands, **asked)
        else:
            made = new_project(
                out,
                mosaic=mosaic,
                craters=craters,
                body=body or NEW_BODY,
                masks=masks,
                tiles=tiles,
                bands=bands,
                value_range=value_range,
                pad=pad,
                west_positive=west_positive,
                columns=dict(columns),
            )
            for note in made:
                console.line(note)
        complaints = bring_up_to_date(out, console)
    if as_json:
        print_json(_facts(OpenProject.at(out.resolve()), complaints))
    return 1 if complaints else 0


def _require_same_files(project: "OpenProject", mosaic: Path, craters: Path) -> None:
    """Check that a project that is there already maps these files: its settings decide, not we."""
    from ejmap_project.errors import SettingsError
    from ejmap_project.settings.project_folder import command_on
    from ejmap_project.sources.kinds import named_files

    found = [path.resolve() for path in named_files(project)]
    if found != [mosaic.resolve(), craters.resolve()]:
        named = ", ".join(map(str, found)) or project.settings.source.kind
        raise SettingsError(
            f"{project.paths.folder} is a project of other files ({named}); name another folder, "
            f"or edit its project.yaml and use {command_on(project.paths.folder, 'run')}"
        )


def _require_same_settings(
    project: "OpenProject", *, body: str | None, bands: str | None, **asked: object
) -> None:
    """Check that what is asked for is what a project that is there already does."""
    from ejmap_ml.config.bands import words_of
    from ejmap_project.errors import SettingsError
    from ejmap_project.intake.new_project import stated_bands
    from ejmap_project.settings.project_folder import command_on

    meant = None if bands is None else words_of(stated_bands(bands))
    source = project.settings.source.model_dump()
    there = {key: _resolved(source.get(key), project) for key in asked}
    there |= {"body": project.settings.body, "bands": words_of(project.settings.mosaic_bands)}
    differs = [
        (key, value)
        for key, value in {"body": body, "bands": meant, **asked}.items()
        if value is not None and _resolved(value) != there[key]
    ]
    if differs:
        key, value = differs[0]
        raise SettingsError(
            f"{project.paths.folder} is a project already, without {_option(key, value)}; name "
            "another folder, or edit its project.yaml and use "
            f"{command_on(project.paths.folder, 'run')}"
        )


def _option(key: str, value: object) -> str:
    """Return an option as it was typed."""
    match value:
        case True:
            words: list[object] = [f"--{key.replace('_', '-')}"]
        case dict():
            words = [word for one, text in value.items() for word in ("--column", f"{one}={text}")]
        case tuple():
            words = [f"--{key.replace('_', '-')}", *value]
        case _:
            words = [f"--{key}", value]
    return suggested(*words)


def _resolved(value: object, project: "OpenProject | None" = None) -> object:
    """Return the file that a path names, in a project or here; other values as they are."""
    if not isinstance(value, Path):
        return value
    return value.resolve() if project is None else project.paths.user_file(value).resolve()


def _facts(project: "OpenProject", complaints: "Sequence[str]") -> dict[str, object]:
    """Return where the map lies, which craters are on it, and what could not be made."""
    paths = project.paths
    files = {
        "picture": paths.preview,
        "composite": paths.composite,
        "label_map": paths.label_map,
        "craters": paths.map_craters,
    }
    masks = {key: paths.basemap_mask(key) for key in project.craters()}
    return {
        "project": str(paths.folder),
        "files": {name: str(path) for name, path in files.items() if path.exists()},
        "masks": {key: str(path) for key, path in masks.items() if path.exists()},
        "not_done": list(complaints),
    }
