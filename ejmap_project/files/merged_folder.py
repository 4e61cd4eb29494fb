"""Files that are added to a folder all together, or not at all."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ejmap_geo.whole_file import hidden_folder
from ejmap_project.errors import ExportError

SHOWN = 4


@contextmanager
def merged_folder(folder: Path, *, force: bool) -> Generator[Path]:
    """Yield a scratch folder whose files are moved into ``folder`` when all goes well.

    When anything fails ``folder`` stays as it was.

    Args:
        folder: Folder to add to; it is made if it is not there.
        force: Replace files that are there already.

    Raises:
        ExportError: If a file is there already, or would be written through a link to elsewhere.
    """
    with hidden_folder(folder) as hidden:
        scratch = hidden / folder.name
        scratch.mkdir()
        yield scratch
        if not folder.exists():
            scratch.rename(folder)
            return
        files = sorted(path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file())
        require_free(folder, files, force=force)
        _move(files, scratch, folder, kept=hidden / f"former-{folder.name}")


def require_free(folder: Path, files: Sequence[Path], *, force: bool) -> None:
    """Check that files can be added to a folder.

    Args:
        folder: The folder.
        files: Their paths from the folder.
        force: Whether they may replace others.

    Raises:
        ExportError: If they cannot.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExportError(f"{folder} is a file; name a folder to export to")
    taken = [path for path in files if (folder / path).exists()]
    if taken and not force:
        shown = ", ".join(str(path) for path in taken[:SHOWN])
        more = f" and {len(taken) - SHOWN} more" if len(taken) > SHOWN else ""
        raise ExportError(
            f"{folder} holds {shown}{more} already; export to another folder, or replace them with "
            "--force"
        )
    root = folder.resolve()
    for path in files:
        if not (folder / path).resolve().is_relative_to(root):
            raise ExportError(
                f"{folder / path} leads out of {folder} by a link; export to another folder"
            )


def _move(files: Sequence[Path], scratch: Path, folder: Path, *, kept: Path) -> None:
    done: list[Path] = []
    try:
        for path in files:
            _into(folder / path, kept / path)
            _into(scratch / path, folder / path)
            done.append(path)
    except BaseException:  # an interrupt, too, leaves the folder as it was
        for path in done:
            (folder / path).unlink(missing_ok=True)
        for path in files:
            _into(kept / path, folder / path)
        raise


def _into(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
