"""Pictures and figures as Dagster's metadata, so that the UI shows every artefact."""

import base64
import io

import numpy as np
from dagster import MarkdownMetadataValue, MetadataValue
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from ejmap_project.artefact import Picture
from ejmap_project.pictures import MAX_SIDE_PX, PALETTE_PX, png_of


def inline_picture(picture: Picture) -> MarkdownMetadataValue:
    """Return a picture or a figure as an inline PNG of at most 60 kB."""
    image = picture.image
    if isinstance(image, Figure):
        return _inline(_drawn(image), alt=picture.alt, palette_px=MAX_SIDE_PX)
    return _inline(image, alt=picture.alt, palette_px=PALETTE_PX)


def _inline(rgb: NDArray[np.uint8], *, alt: str, palette_px: int) -> MarkdownMetadataValue:
    encoded = base64.b64encode(png_of(rgb, palette_px=palette_px)).decode("ascii")
    return MetadataValue.md(f"![{alt}](data:image/png;base64,{encoded})")


def _drawn(figure: Figure) -> NDArray[np.uint8]:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    with Image.open(buffer) as image:
        return np.asarray(image.convert("RGB"))
