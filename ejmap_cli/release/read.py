"""``ejmap release list`` and ``show``: which releases there are, and what one is made of."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, PROJECT, command, require_project
from ejmap_cli.printing import print_json, table_lines
from ejmap_project.estimates import size_words

if TYPE_CHECKING:
    from ejmap_project.release_metadata.release_manifest import ReleasedPage, ReleaseManifest

RELEASE = click.argument("release", help="number or name of a release")


@command("list", "ejmap release list projects/mine", "ejmap release list projects/mine --json")
@PROJECT
@AS_JSON
def list_releases(project: Path, *, as_json: bool) -> int:
    """List releases with their models, sizes and notes."""
    from rich.table import Table

    from ejmap_project.paths import ProjectPaths
    from ejmap_project.release.release_folder import release_folders
    from ejmap_project.release_metadata.release_manifest import read_release_manifest

    require_project(project)
    found = [read_release_manifest(one) for one in release_folders(ProjectPaths(project.resolve()))]
    if as_json:
        print_json([facts_of(one) for one in found])
        return 0
    if not found:
        click.echo("no releases yet: ejmap release PROJECT NAME makes one")
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("release", "made", "models", "craters", "size", "note"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            one.label,
            one.made_utc,
            ", ".join(model.version for model in one.models.values()),
            str(sum(one.craters.values())),
            size_words(one.size),
            one.note,
        )
    for line in table_lines(table, is_terminal=sys.stdout.isatty()):
        click.echo(line)
    return 0


@command("show", "ejmap release show projects/mine 1", "ejmap release show projects/mine first")
@PROJECT
@RELEASE
@AS_JSON
def show(project: Path, release: str, *, as_json: bool) -> int:
    """Say what a release holds and what it was made of."""
    from ejmap_project.paths import ProjectPaths
    from ejmap_project.release.release_folder import release_folder
    from ejmap_project.release_metadata.release_manifest import read_release_manifest

    require_project(project)
    folder = release_folder(ProjectPaths(project.resolve()), release)
    manifest = read_release_manifest(folder)
    if as_json:
        print_json({**facts_of(manifest), "folder": str(folder)})
    else:
        click.echo("\n".join(_lines(manifest, folder)))
    return 0


def facts_of(manifest: "ReleaseManifest") -> dict[str, object]:
    """Return a release as JSON holds it: its manifest with counts instead of single files."""
    told = manifest.model_dump(mode="json", exclude={"artefacts", "files", "settings"})
    return {
        **told,
        "files": len(manifest.files),
        "size_bytes": manifest.size,
        "stale": [f"{one.asset} {one.partition or ''}".strip() for one in manifest.stale],
    }


def page_line(page: "ReleasedPage", folder: Path) -> str:
    """Return where the map page of a release lies, and how large it is."""
    return f"map page   {folder / page.path}, {size_words(page.size)}"


def _lines(manifest: "ReleaseManifest", folder: Path) -> Iterator[str]:
    yield f"release    {manifest.label}, made {manifest.made_utc}"
    if manifest.note:
        yield f"note       {manifest.note}"
    yield f"folder     {folder}"
    yield f"holds      {len(manifest.files)} files, {size_words(manifest.size)}"
    if manifest.map_page is not None:
        yield page_line(manifest.map_page, folder)
    counts = ", ".join(f"{count} {state}" for state, count in manifest.craters.items())
    yield f"craters    {counts}"
    for one in manifest.corrections:
        yield f"by hand    {one.words}"
    for kind, model in manifest.models.items():
        members = f"{len(model.members)} member(s)"
        yield f"{kind:<10} {model.version}, digest {model.digest}, {members}"
    mosaic = manifest.mosaic
    yield f"mosaic     {mosaic.words}, digest {mosaic.data_version}"
    if mosaic.terms:
        yield f"terms      {mosaic.terms}"
    for one in manifest.stale:
        yield f"stale      {one.asset} {one.partition or ''}: {one.stale}"
    for one in manifest.missing:
        yield f"left out   {one}: it was not there"
