"""Folders that appear under their name when they are whole, or not at all."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(path: Path) -> Generator[Path]:
    """Yield a scratch folder that takes the place of ``path`` when all goes well.

    The scratch folder is a hidden sibling, so that the last step is a rename; when anything fails
    it is removed and an older ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        # mkdtemp makes private folders; this one should be as readable as its neighbours.
        scratch.chmod(path.parent.stat().st_mode & 0o777)
        yield scratch
        _replace(scratch, path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _replace(new: Path, path: Path) -> None:
    if not path.exists():
        new.rename(path)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{path.name}-old-", dir=path.parent))
    path.replace(old)
    new.rename(path)
    shutil.rmtree(old, ignore_errors=True)
