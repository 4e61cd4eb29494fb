"""What every raster states of its making: the program and the time, in the tags of TIFF."""

from datetime import UTC, datetime
from importlib.metadata import version


def file_stamp() -> dict[str, str]:
    """Return the tags of software and time (UTC); no digest of content includes them."""
    now = datetime.now(UTC)
    return {
        "TIFFTAG_SOFTWARE": f"EJMAP {version('ejmap')}",
        "TIFFTAG_DATETIME": f"{now:%Y:%m:%d %H:%M:%S}",
    }
