"""The files of bundles, for those who read some of them without torch."""

from pathlib import Path

from ejmap_ml.errors import BundleError

WEIGHTS = "weights.safetensors"
CONFIG = "config.json"
NORMALIZATION = "normalization.json"
PROVENANCE = "provenance.json"
# Only of members whose ensemble was calibrated, and of those whose ensemble may promise something.
CALIBRATION = "calibration.json"
CONFORMAL = "conformal.json"
OPTIONAL = (CALIBRATION, CONFORMAL)
LARGEST_JSON_BYTES = 2**20
LARGEST_WEIGHTS_BYTES = 2**32


def checked_file(path: Path, *, largest_bytes: int) -> Path:
    """Return the path of a file that is one, and not too large: bundles come from anywhere.

    Raises:
        BundleError: It is missing, a link, or too large.
    """
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"bundle {path.parent} has no file {path.name}; it is incomplete")
    size = path.stat().st_size
    if size > largest_bytes:
        raise BundleError(
            f"{path} is {size} bytes, more than the {largest_bytes} that a bundle may hold"
        )
    return path


def read_json(path: Path) -> bytes:
    """Return what a small file of a bundle holds.

    Raises:
        BundleError: As :func:`checked_file`.
    """
    return checked_file(path, largest_bytes=LARGEST_JSON_BYTES).read_bytes()
