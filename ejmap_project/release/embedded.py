"""Pictures inside of a page: as WebP, in the address itself, so that no file is missing."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_project.errors import ReleaseError

QUALITY = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPicture:
    """A picture as a page holds it.

    Attributes:
        uri: Its address, which is its content.
        alt: Words for those who cannot see it.
        width: Its width in pixels.
        height: Its height in pixels.
    """

    uri: str
    alt: str
    width: int
    height: int


def embedded_file(path: Path, *, alt: str, width_px: int) -> EmbeddedPicture:
    """Return the picture in a file, at most ``width_px`` wide.

    Raises:
        ReleaseError: If it is gone or damaged.
    """
    try:
        with Image.open(path) as image:
            rgb = image.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise ReleaseError(
            f"{path} cannot be read as a picture; `ejmap verify` names what a project lacks, "
            "`ejmap release verify` what a release does"
        ) from error
    return _embedded(rgb, alt=alt, width_px=width_px)


def embedded_array(rgb: NDArray[np.uint8], *, alt: str, width_px: int) -> EmbeddedPicture:
    """Return a picture of ``(rows, cols, 3)``, at most ``width_px`` wide."""
    return _embedded(Image.fromarray(np.ascontiguousarray(rgb)), alt=alt, width_px=width_px)


def _embedded(image: Image.Image, *, alt: str, width_px: int) -> EmbeddedPicture:
    if image.width > width_px:
        height = max(1, round(image.height * width_px / image.width))
        image = image.resize((width_px, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return EmbeddedPicture(
        uri=f"data:image/webp;base64,{data}", alt=alt, width=image.width, height=image.height
    )
