"""The files of bundles, for those who read some of them without torch."""

from pathlib import Path

from pydantic import ValidationError

from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.errors import BundleError

WEIGHTS = "weights.safetensors"
CONFIG = "config.json"
NORMALIZATION = "normalization.json"
PROVENANCE = "provenance.json"
# Only of members whose ensemble was calibrated, and of those whose ensemble may promise something.
CALIBRATION = "calibration.json"
CONFORMAL = "conformal.json"
# Only of polar members: what the views were like that they learned from.
VIEW_RANGES = "view_ranges.json"
OPTIONAL = (CALIBRATION, CONFORMAL, VIEW_RANGES)
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


def read_view_ranges(bundle: Path) -> ViewRanges | None:
    """Return what the views were like that a member learned from; None if it does not say so.

    Raises:
        BundleError: The file is too large, a link, or not what it should be.
    """
    path = bundle / VIEW_RANGES
    if not path.exists():
        return None
    try:
        return ViewRanges.model_validate_json(read_json(path))
    except ValidationError as error:
        raise BundleError(f"{path} does not hold ranges of views: {error}") from error
