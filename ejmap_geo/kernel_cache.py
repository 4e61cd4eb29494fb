"""Compiled kernels on disk: a folder for each state of the sources that they are made from.

numba compiles a kernel anew when the file of the kernel changes, not when that of a function it
calls does: after an update it would go on computing as before.
"""

import atexit
import hashlib
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core import config

# numba fills this module while it is imported, which type checkers cannot see.
_settings: Any = config
_KEPT_S = 30 * 86400


def keep_kernels_apart(package: Path) -> None:
    """Let numba keep what it compiles from now on in a folder of the present sources' own.

    The folder lies where ``NUMBA_CACHE_DIR`` says, else in the package, else (a package that cannot
    be written) in the user's cache, else (no home) among the temporary files. Kernels of other
    packages come to lie there too, unharmed.

    Args:
        package: Folder of the package whose kernels must not outlive their sources.
    """
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        # Editors leave links to nowhere beside files.
        if path.is_file() and b"njit" in (content := path.read_bytes()):
            digest.update(content)
    name = f"kernels-{digest.hexdigest()[:16]}"
    base = Path(_settings.CACHE_DIR) if _settings.CACHE_DIR else _base(package)
    if base.name != name:
        _settings.CACHE_DIR = str(base / name)
        _forget_old(base, name)


def _forget_old(base: Path, name: str) -> None:
    """Remove folders of former sources; young ones may be those of a process that still runs."""
    for folder in base.glob("kernels-*"):
        with suppress(OSError):
            if folder.name != name and time.time() - folder.stat().st_mtime > _KEPT_S:
                shutil.rmtree(folder)


def _base(package: Path) -> Path:
    inside = package / "__pycache__"
    if os.access(inside if inside.exists() else package, os.W_OK):
        return inside
    # A user without a home has no cache either.
    with suppress(OSError, RuntimeError):
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ejmap"
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            return cache
    return _private_folder()


def _private_folder() -> Path:
    """Return a folder among temporary files; nobody else may have put code into it."""
    folder = Path(tempfile.gettempdir()) / f"ejmap-{os.getuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if is_own and not found.st_mode & 0o077:
            return folder
    once = Path(tempfile.mkdtemp(prefix="ejmap-"))
    atexit.register(shutil.rmtree, once, ignore_errors=True)
    return once
