"""``ejmap storage``: artefacts in a bucket; what is there, what to send, what to fetch."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import (
    AS_JSON,
    PROJECT_OR_DEFAULT,
    CommandGroup,
    chosen_folder,
    command,
    require_project,
    suggested,
)
from ejmap_cli.console import Console
from ejmap_cli.printing import print_json
from ejmap_project.estimates import size_words

if TYPE_CHECKING:
    from ejmap_project.manifests.stored_files import Moved, Recorded
    from ejmap_project.object_store.bucket import Bucket

NAMED = 10


@command("status", "ejmap storage status projects/mine", "ejmap storage status --json")
@PROJECT_OR_DEFAULT
@AS_JSON
def status(project: Path | None, *, as_json: bool) -> int:
    """Say which artefacts the bucket and the folder hold."""
    from ejmap_project.manifests.stored_files import whereabouts

    folder = chosen_folder(project)
    bucket = _bucket()
    with Console() as console:
        found = whereabouts(bucket, _recorded(folder, ()), console)
    if as_json:
        print_json({"project": str(folder), "bucket": str(bucket.address), **found._asdict()})
        return 0
    click.echo(f"bucket     {bucket.address}")
    click.echo(f"artefacts  {found.both} in both, {found.bucket} in the bucket alone")
    click.echo(f"           {found.folder} in the folder alone, {found.neither} in neither")
    if found.folder:
        click.echo(f"next       {suggested('ejmap', 'storage', 'push', folder)}")
    return 0


@command("push", "ejmap storage push projects/mine")
@PROJECT_OR_DEFAULT
def push(project: Path | None) -> int:
    """Send to the bucket what it lacks; goes on where it stopped.

    Runs send what they make. This is for artefacts that were made without a bucket, or with
    another one.
    """
    from ejmap_project.manifests.stored_files import push as pushed

    bucket, recorded = _bucket(), _recorded(chosen_folder(project), ())
    with Console() as console:
        moved = pushed(bucket, recorded, console)
        _tell(console, moved, f"sent to {bucket.address}", nothing="nothing to send")
        for one in moved.left[:NAMED]:
            console.line(f"not sent, since it is not as recorded: {one}")
        if len(moved.left) > NAMED:
            console.line(f"not sent: {len(moved.left) - NAMED} more")
    return 1 if moved.left else 0


@command(
    "pull",
    "ejmap storage pull projects/mine",
    "ejmap storage pull projects/mine --asset global_map --asset crater_patterns",
)
@PROJECT_OR_DEFAULT
@click.option("--asset", "assets", multiple=True, help="fetch this asset alone; may be repeated")
def pull(project: Path | None, assets: tuple[str, ...]) -> int:
    """Fetch from the bucket what the folder lacks; goes on where it stopped.

    Runs fetch what they read. This is for people who open the files with other programs.
    """
    from ejmap_project.manifests.stored_files import fetch_missing

    bucket, recorded = _bucket(), _recorded(chosen_folder(project), assets)
    with Console() as console:
        moved = fetch_missing(recorded, console)
        _tell(console, moved, f"fetched from {bucket.address}", nothing="nothing to fetch")
    return 0


@click.group(
    "storage",
    cls=CommandGroup,
    commands=[status, push, pull],
    epilog="ejmap storage status projects/mine\nejmap storage push projects/mine",
)
def storage() -> None:
    """Keep artefacts in a bucket: status, push, pull.

    EJMAP_OBJECT_STORE names the bucket, such as s3://bucket/prefix, gs://, az:// or file:///folder.
    Runs then send what they make and fetch what they read. Credentials come from the variables of
    the provider.
    """


def _bucket() -> "Bucket":
    from ejmap_project.errors import SettingsError
    from ejmap_project.object_store.address import VARIABLE
    from ejmap_project.object_store.bucket import stated_bucket

    bucket = stated_bucket()
    if bucket is None:
        raise SettingsError(f"{VARIABLE} names no bucket; set it to an address: s3://bucket/prefix")
    return bucket


def _recorded(folder: Path, assets: tuple[str, ...]) -> "list[Recorded]":
    """Return what the history describes of some assets, or of all."""
    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.lineage.rows import LINEAGE
    from ejmap_assets.runs.instance import home_of, open_instance
    from ejmap_project.errors import StepError
    from ejmap_project.manifests.stored_files import Recorded
    from ejmap_project.open_project import OpenProject

    require_project(folder)
    unknown = sorted({*assets} - {*LINEAGE})
    if unknown:
        raise click.BadParameter(f"there is no asset {unknown[0]}; assets are {', '.join(LINEAGE)}")
    if not home_of(folder).is_dir():
        raise StepError(f"nothing of {folder} was made yet; {suggested('ejmap', 'run', folder)}")
    with open_instance(folder) as instance:
        book = book_of(OpenProject.at(folder), instance)
        return [
            Recorded(book.files(name, key), made.files)
            for name, key, made in book.recorded(assets or LINEAGE)
        ]


def _tell(console: Console, moved: "Moved", how: str, *, nothing: str) -> None:
    size, seconds = size_words(moved.size_bytes), console.elapsed_seconds
    told = f"{moved.moved} artefact(s), {size}, {how} in {seconds:.0f} s"
    console.line(told if moved.moved else nothing)
