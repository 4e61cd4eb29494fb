"""Files and folders that appear under their name when they are whole, or not at all.

The content is written into a hidden folder beside its place, so that the last step is a rename. A
process that dies leaves the hidden folder behind: no later write takes the same one, and nobody
finds a result in it by its suffix.
"""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hidden_folder(path: Path) -> Generator[Path]:
    """Yield a new hidden folder beside ``path``, and remove it in the end.

    The folder that holds ``path`` is made if it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{path.name}-", dir=path.parent, ignore_cleanup_errors=True
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
