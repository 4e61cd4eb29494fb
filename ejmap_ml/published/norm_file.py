"""Published norms, ``best-norm_*.npy``: offset and scale of every input channel."""

from pathlib import Path

import numpy as np
from pydantic import ValidationError

from ejmap_geo.whole_file import whole_file
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.errors import CheckpointError

LARGEST_BYTES = 2**16


def read_norm(path: Path, *, bands: int = 3) -> Normalization:
    """Read a norm: two rows, offsets and scales, with the bands first and one channel more.

    Args:
        path: The ``.npy`` file, from anybody.
        bands: Bands of the images.

    Raises:
        CheckpointError: There is no such file, or it is no norm of so many bands.
    """
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST_BYTES:
        raise CheckpointError(f"there is no norm {path} (links are not followed)")
    try:
        # Mapped, not read: a header may claim any size.
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy raises anything at what a damaged header says
        raise CheckpointError(
            f"{path} is no array of numbers ({type(error).__name__}); fetch it again"
        ) from error
    wanted = (2, bands + 1)
    if not isinstance(found, np.ndarray) or found.shape != wanted or found.dtype.kind not in "fiu":
        shape = getattr(found, "shape", "an archive")
        raise CheckpointError(
            f"{path} should hold {wanted} numbers, offsets and scales of {bands} bands and one "
            f"more channel, and holds {shape}; take the norm of this model"
        )
    offset, scale = np.asarray(found, np.float64).tolist()
    try:
        return Normalization(offset=tuple(offset), scale=tuple(scale))
    except ValidationError as error:
        raise CheckpointError(
            f"{path} is no norm: offsets must be finite and scales positive, got {offset} and "
            f"{scale}"
        ) from error


def write_norm(normalization: Normalization, path: Path) -> None:
    """Write a norm as the published programs read it; whole or not at all."""
    with whole_file(path) as unfinished:
        np.save(unfinished, np.array([normalization.offset, normalization.scale], np.float64))
