"""``ejmap release verify`` and ``prune``: whether releases are whole, and which ones stay."""

from pathlib import Path

import click

from ejmap_cli.command import PROJECT, command, require_project


@command("verify", "ejmap release verify projects/mine", "ejmap release verify projects/mine first")
@PROJECT
@click.argument("release", required=False, help="number or name of a release; default: all")
def verify(project: Path, release: str | None) -> int:
    """Compare every file of releases with its digest."""
    from ejmap_project.paths import ProjectPaths
    from ejmap_project.release.release_folder import release_folder, release_folders
    from ejmap_project.release.verify import faults_of

    require_project(project)
    paths = ProjectPaths(project.resolve())
    folders = release_folders(paths) if release is None else [release_folder(paths, release)]
    is_whole = True
    for folder in folders:
        faults = faults_of(folder)
        is_whole = is_whole and not faults
        click.echo(f"{folder.name:<20} {'as it was made' if not faults else 'altered'}")
        for fault in faults:
            click.echo(f"  {fault}")
    if not folders:
        click.echo("no releases yet: ejmap release PROJECT NAME makes one")
    return 0 if is_whole else 1


@command("prune", "ejmap release prune projects/mine --keep 3")
@PROJECT
@click.option(
    "--keep", type=click.IntRange(min=1), required=True, help="how many of the newest ones stay"
)
@click.option("--yes", is_flag=True, help="remove without asking")
def prune(project: Path, keep: int, *, yes: bool) -> int:
    """Remove all but the newest releases; asks first.

    Numbers are never given again. Files that a link shares with the project stay in the project.
    """
    from ejmap_project.paths import ProjectPaths
    from ejmap_project.release.release_folder import alone, prunable, remove_folder

    require_project(project)
    paths = ProjectPaths(project.resolve())
    doomed = prunable(paths, keep=keep)
    if not doomed:
        click.echo(f"nothing to remove: there are {keep} releases or fewer")
        return 0
    for folder in doomed:
        click.echo(folder.name)
    if not yes and not click.confirm(f"remove {len(doomed)} release(s) for good?"):
        click.echo("nothing was removed")
        return 1
    with alone(paths):
        for folder in doomed:
            remove_folder(folder)
    click.echo(f"removed {len(doomed)}; {keep} stay")
    return 0
