"""``ejmap release PROJECT NAME``: the map as it is, frozen."""

from pathlib import Path

import click

from ejmap_cli.command import PROJECT, command, require_project
from ejmap_cli.console import Console
from ejmap_cli.release.read import page_line


@command(
    "make",
    "ejmap release projects/mine first",
    'ejmap release projects/mine v2 --note "with two more craters"',
)
@PROJECT
@click.argument("name", help="name of the release: letters, digits, points, _ and -")
@click.option("--note", default="", help="words for those who read it")
@click.option("--allow-stale", is_flag=True, help="freeze what is not up to date, too")
def make(project: Path, name: str, *, note: str, allow_stale: bool) -> int:
    """Freeze map, tables, models and provenance.

    They become the next numbered folder in data/releases. Files are hard links where the disk has
    them, so that a release takes space only once the project replaced them.
    """
    from ejmap_assets.definitions import runner_of
    from ejmap_assets.runs.instance import open_instance
    from ejmap_project.estimates import size_words
    from ejmap_project.open_project import OpenProject
    from ejmap_project.release.release_folder import REPORT, release_folder, require_free_name
    from ejmap_project.release_metadata.release_manifest import read_release_manifest

    require_project(project)
    opened = OpenProject.at(project.resolve())
    require_free_name(opened.paths, name)
    with Console() as console:
        with open_instance(opened.paths.folder) as instance:
            runner_of(opened, instance, console).release(name, note=note, allow_stale=allow_stale)
        folder = release_folder(opened.paths, name)
        manifest = read_release_manifest(folder)
        console.line(f"release    {folder}")
        console.line(f"holds      {len(manifest.files)} files, {size_words(manifest.size)}")
        if manifest.map_page is not None:
            console.line(page_line(manifest.map_page, folder))
        for one in manifest.missing:
            console.line(f"left out   {one}: it is not there")
        if manifest.stale:
            console.line(f"stale      {len(manifest.stale)} artefacts were not up to date")
        console.line(f"report     {folder / REPORT}")
    return 0
