"""What lies in the place of a new result until the new one is known to be sound."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ejmap_geo.whole_file import link_or_copy
from ejmap_project.errors import RejectedError

FORMER_PREFIX = ".former_"
REJECTED_PREFIX = "rejected_"


def former_place(output: Path) -> Path:
    """Return where the former file of a place is kept while another one takes it."""
    return output.with_name(FORMER_PREFIX + output.name)


@contextmanager
def replacing(output: Path) -> Generator[Path]:
    """Keep the file at a place while another one takes it, and let it return if that is rejected.

    A rejected result is kept beside it as ``rejected_NAME``, for a look. Folders are not kept: they
    may hold gigabytes, and nothing compares them.

    Args:
        output: The place.

    Yields:
        Where the former file is meanwhile; nothing is there when there was none.

    Raises:
        RejectedError: If the block raises it.
    """
    former = former_place(output)
    former.unlink(missing_ok=True)
    if output.is_file():
        link_or_copy(output, former)
    try:
        yield former
    except RejectedError:
        _set_aside(output)
        if former.is_file():
            former.replace(output)
        raise
    finally:
        former.unlink(missing_ok=True)


def _set_aside(output: Path) -> None:
    rejected = output.with_name(REJECTED_PREFIX + output.name)
    if rejected.is_dir():
        shutil.rmtree(rejected)
    # Renaming a file onto another name of itself would leave both.
    rejected.unlink(missing_ok=True)
    if output.exists():
        output.replace(rejected)
