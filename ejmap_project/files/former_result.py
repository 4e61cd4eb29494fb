"""The former file of an artefact, kept until the checks accept the new one."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ejmap_geo.whole_file import link_or_copy
from ejmap_project.errors import RejectedError

FORMER_PREFIX = ".former_"
REJECTED_PREFIX = "rejected_"


def former_place(output: Path) -> Path:
    """Return where the former file of an output is kept while a new one is made."""
    return output.with_name(FORMER_PREFIX + output.name)


@contextmanager
def replacing(output: Path) -> Generator[Path]:
    """Keep the former file while the block makes a new one; restore it if the block rejects that.

    A rejected result stays beside it as ``rejected_NAME``, for inspection. Former folders are not
    kept: they may hold gigabytes, and no check compares them.

    Args:
        output: Path of the artefact.

    Yields:
        Path of the former file; it does not exist if there was none.

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
    # Renaming a file onto a hard link of itself would leave both names.
    rejected.unlink(missing_ok=True)
    if output.exists():
        output.replace(rejected)
