"""Files and folders that appear under their name when they are whole, or not at all.

The content is written into a hidden folder on the same file system, so that the last step is a
rename. Where a folder above has a scratch place (:func:`prepare_scratch`), the hidden folder lies
there, in a folder named by this process; else it lies beside the file. A process that dies leaves
it behind: no later write takes the same one, nobody finds a result in it by its suffix, and the
next run removes it.
"""

import shutil
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, unquote

from ejmap_geo.process_identity import ProcessIdentity

SCRATCH = ".ejmap-scratch"
_SEPARATOR = "+"


def prepare_scratch(folder: Path) -> None:
    """Give a folder a scratch place, and remove from it what dead processes of this machine left.

    Files below the folder are written there until they are whole.
    """
    place = folder / SCRATCH
    place.mkdir(parents=True, exist_ok=True)
    for left in place.iterdir():
        if _is_left_behind(left.name):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def hidden_folder(path: Path) -> Generator[Path]:
    """Yield a new hidden folder on the file system of ``path``, and remove it in the end.

    The folder that holds ``path`` is made if it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{path.name}-", dir=_scratch_of(path), ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Yield where to write the file that takes the place of ``path`` when the block succeeds.

    The yielded path has the name of ``path``: many writers choose their format by the suffix. When
    the block fails, an older ``path`` stays as it was.
    """
    with hidden_folder(path) as folder:
        unfinished = folder / path.name
        yield unfinished
        unfinished.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a file of UTF-8 text, whole or not at all."""
    with whole_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def link_or_copy(source: Path, target: Path) -> None:
    """Let ``target`` be the same file as ``source``, or a copy of it; an older one is replaced."""
    with whole_file(target) as unfinished:
        try:
            unfinished.hardlink_to(source)
        except OSError:
            # Some file systems of clusters have no hard links.
            shutil.copyfile(source, unfinished)


@contextmanager
def whole_folder(path: Path) -> Generator[Path]:
    """Yield an empty folder that takes the place of ``path`` when the block succeeds.

    When the block fails, an older ``path`` stays as it was.
    """
    with hidden_folder(path) as folder:
        unfinished = folder / path.name
        unfinished.mkdir()
        yield unfinished
        former = folder / f"former-{path.name}"
        # A folder cannot be renamed onto one that holds something.
        if path.exists():
            path.rename(former)
        try:
            unfinished.rename(path)
        except OSError:
            if former.exists():
                former.rename(path)
            raise


def _scratch_of(path: Path) -> Path:
    """Return where hidden folders for ``path`` lie: a rename crosses no border of file systems."""
    beside = path.parent.stat()
    for above in path.parents:
        place = above / SCRATCH
        with suppress(OSError):
            found = place.lstat()
            # Neither a link nor somebody else's folder of that name is taken.
            is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == beside.st_uid
            if is_own and found.st_dev == beside.st_dev:
                own = place / _folder_name(ProcessIdentity.here())
                own.mkdir(exist_ok=True)
                return own
    return path.parent


def _folder_name(identity: ProcessIdentity) -> str:
    parts = (identity.host, identity.namespace, str(identity.process_id), identity.birth)
    return _SEPARATOR.join(quote(part, safe="") for part in parts)


def _is_left_behind(name: str) -> bool:
    match [unquote(part) for part in name.split(_SEPARATOR)]:
        case [host, namespace, process_id, birth] if process_id.isdecimal():
            identity = ProcessIdentity(
                host=host, namespace=namespace, process_id=int(process_id), birth=birth
            )
            return identity.is_gone is True
        case _:
            return False
