"""Digests of content: equal content has an equal digest."""

import hashlib
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

DIGEST_BYTES = 8


Content: TypeAlias = str | bytes | NDArray[np.generic]


def content_version(*parts: Content) -> str:
    """Return a digest of content: equal content has an equal version, wherever it was made.

    Args:
        parts: Text, bytes and arrays; of an array the type, shape and values count.
    """
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(part.encode() if isinstance(part, str) else part)
        # Keeps ("ab", "c") and ("a", "bc") apart.
        digest.update(b"\x00")
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, by which other programs can check it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
