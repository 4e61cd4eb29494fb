"""``ejmap backup`` and ``ejmap restore``: a project and its history as one file, and back."""

import os
import shutil
import tempfile
from pathlib import Path

import click

from ejmap_cli.command import FILE, FOLDER, PROJECT, command, require_project, suggested
from ejmap_project.estimates import size_words


@command("backup", "ejmap backup projects/mine /backups/mine-2026-05-01.tar")
@PROJECT
@click.argument("file", type=FILE, help="file to write, outside of the project")
def backup(project: Path, file: Path) -> int:
    """Write a project and its history as one file.

    Files that project.yaml names elsewhere are not in it.
    """
    from ejmap_assets.history import URL_VARIABLE
    from ejmap_assets.runs.instance import home_of, open_instance
    from ejmap_assets.runs.old_runs import ended_runs
    from ejmap_project.backup.backup_file import write_backup
    from ejmap_project.backup.database_dump import dump_database
    from ejmap_project.errors import BackupError
    from ejmap_project.paths import ProjectPaths

    require_project(project)
    paths, address = ProjectPaths(project.resolve()), os.environ.get(URL_VARIABLE)
    with open_instance(project) as instance, tempfile.TemporaryDirectory() as scratch:
        runs = ended_runs(instance)
        dump = None
        if address:
            dump = Path(scratch) / "history.dump"
            dump_database(address, dump)
        written = write_backup(paths, home_of(paths.folder), file, dump=dump)
        if ended_runs(instance) != runs:
            file.unlink()
            raise BackupError("a run began meanwhile; repeat the backup when nothing runs")
    for link in written.left_out:
        click.echo(f"not in it: what {link} leads to")
    click.echo(f"{file}: {written.files} files, {size_words(written.size_bytes)}")
    return 0


@command(
    "restore",
    "ejmap restore /backups/mine-2026-05-01.tar projects/mine",
)
@click.argument("file", type=FILE, help="file that `ejmap backup` wrote")
@click.argument("folder", type=FOLDER, help="project folder to make")
def restore(file: Path, folder: Path) -> int:
    """Make a project from a backup, with its history.

    A history in PostgreSQL goes into the empty database that EJMAP_POSTGRES_URL names.
    """
    from ejmap_assets.history import URL_VARIABLE
    from ejmap_assets.runs.instance import home_of
    from ejmap_project.backup.backup_file import restore_backup
    from ejmap_project.errors import BackupError
    from ejmap_project.paths import ProjectPaths

    folder, address = folder.resolve(), os.environ.get(URL_VARIABLE)
    if home_of(folder) != ProjectPaths(folder).dagster_home:
        raise BackupError(f"{folder} is the place of the demo; restore into another folder")
    dump = restore_backup(file, folder)
    try:
        _restore_history(file, dump, address)
    except BackupError:
        shutil.rmtree(folder)
        raise
    click.echo(f"{folder} is as it was; next: {suggested('ejmap', 'run', folder)}")
    return 0


def _restore_history(file: Path, dump: Path | None, address: str | None) -> None:
    """Fill the database from a dump, which is then removed.

    Raises:
        BackupError: If the environment names another kind of history, or the database has content.
    """
    from ejmap_assets.history import URL_VARIABLE
    from ejmap_project.backup.database_dump import restore_database
    from ejmap_project.errors import BackupError

    if (dump is None) == bool(address):
        where = "SQLite; unset" if dump is None else "PostgreSQL; create a database, and set"
        raise BackupError(f"the history of {file} lies in {where} {URL_VARIABLE}")
    if dump is not None and address:
        restore_database(address, dump)
        dump.unlink()
