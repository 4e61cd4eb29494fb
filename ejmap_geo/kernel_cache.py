"""Compiled kernels on disk: none may outlive the sources that it was made from.

numba compiles a kernel anew when the file of the kernel changes, not when that of a function it
calls does: after an update it would go on computing as before.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

_STAMP = "kernels.sha256"


def drop_stale_kernels(package: Path) -> None:
    """Forget the compiled kernels of a package unless all its sources are those they came from.

    A package in a folder that cannot be written is left alone: it changes only as a whole.

    Args:
        package: Folder of the package; kernels of its subpackages belong to it.
    """
    sources = sorted(package.rglob("*.py"))
    contents = [content for path in sources if b"njit" in (content := path.read_bytes())]
    current = hashlib.sha256(b"\0".join(contents)).hexdigest()
    stamp = package / "__pycache__" / _STAMP
    with suppress(OSError):
        if stamp.is_file() and stamp.read_text(encoding="ascii") == current:
            return
        stamp.parent.mkdir(exist_ok=True)
        for index in package.rglob("*.nbi"):
            index.unlink(missing_ok=True)
        stamp.write_text(current, encoding="ascii")
