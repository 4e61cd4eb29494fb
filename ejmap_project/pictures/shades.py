"""Small pictures inside metadata, so that the UI shows every artefact to the eye."""

import io
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.errors import RasterError

Scalar = TypeVar("Scalar", bound=np.generic)

# Metadata live in the event log and travel with every page that lists them.
MAX_PNG_BYTES = 60_000
MAX_SIDE_PX = 480
MIN_SIDE_PX = 48
PALETTE_PX = 64
OVERLAY_RGB = (255, 92, 40)
OVERLAY_OPACITY = 0.55


def png_of(rgb: NDArray[np.uint8], *, palette_px: int = PALETTE_PX) -> bytes:
    """Encode a picture as PNG, as large as 480 px and 60 kB admit.

    Args:
        rgb: ``(rows, cols, 3)`` or ``(rows, cols, 4)``.
        palette_px: Side of the thumbnail from which 128 colours are chosen. Thin lines of a plot
            are lost in a small one; a large one is slow for pictures of the ground.
    """
    image = Image.fromarray(np.ascontiguousarray(rgb))
    side_px = min(MAX_SIDE_PX, max(image.size))
    while True:
        data = _png(image, side_px, palette_px)
        if len(data) <= MAX_PNG_BYTES or side_px <= MIN_SIDE_PX:
            return data
        side_px = max(MIN_SIDE_PX, side_px * 3 // 4)


def mosaic_rgb(raster: NDArray[np.uint8], *, max_side_px: int = MAX_SIDE_PX) -> NDArray[np.uint8]:
    """Return a mosaic as enhanced colour (three bands) or grey (any other number), made smaller.

    Args:
        raster: ``(band, rows, cols)``.
        max_side_px: Longest side of the picture.

    Returns:
        ``(rows, cols, 3)``, stretched between the 1st and 99th percentile of each band.
    """
    seen = shrunk(raster, max_side_px=max_side_px)
    bands = seen[:3] if seen.shape[0] >= 3 else np.repeat(seen[:1], 3, axis=0)
    return np.stack([_stretched(band) for band in bands], axis=-1)


def mosaic_grey(raster: NDArray[np.uint8], *, max_side_px: int = MAX_SIDE_PX) -> NDArray[np.uint8]:
    """Return the mean of a mosaic's bands as a grey picture, on which colours stand out.

    Args:
        raster: ``(band, rows, cols)``.
        max_side_px: Longest side of the picture.

    Returns:
        ``(rows, cols, 3)``, stretched like :func:`mosaic_rgb`.
    """
    seen = shrunk(raster, max_side_px=max_side_px).mean(axis=0).astype(np.uint8)
    return np.repeat(_stretched(seen)[..., None], 3, axis=-1)


def shrunk(raster: NDArray[Scalar], *, max_side_px: int) -> NDArray[Scalar]:
    """Return every n-th pixel of ``(..., rows, cols)`` so that no side exceeds the limit."""
    step = max(1, -(-max(raster.shape[-2:]) // max_side_px))
    return raster[..., ::step, ::step]


def mask_over(rgb: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Lay a mask over a picture of the same size, see-through.

    Raises:
        RasterError: If the sizes differ.
    """
    if rgb.shape[:2] != mask.shape:
        raise RasterError(f"picture is {rgb.shape[:2]} px, mask {mask.shape}: shrink both alike")
    out = rgb.copy()
    blended = rgb[mask] * (1 - OVERLAY_OPACITY) + np.array(OVERLAY_RGB) * OVERLAY_OPACITY
    out[mask] = np.round(blended).astype(np.uint8)
    return out


def probability_rgb(probability: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colour probabilities from black (0) over orange to white (1); NaN is black.

    Args:
        probability: ``(rows, cols)``.
    """
    value = np.nan_to_num(probability, nan=0.0).clip(0, 1)[..., None]
    ramp = np.clip(value * 3 - np.array([0.0, 1.0, 2.0]), 0, 1)
    return np.round(ramp * 255).astype(np.uint8)


def view_rgb(band: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Draw a polar view with the crater at the bottom and azimuth to the right, north at the left.

    Args:
        band: ``(rows, cols)``, in sigmas from the median.
    """
    grey = np.round((band[::-1] + 3).clip(0, 6) / 6 * 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)


def beside(*pictures: NDArray[np.uint8], gap_px: int = 4) -> NDArray[np.uint8]:
    """Put pictures side by side on white, aligned at the top."""
    rows = max(one.shape[0] for one in pictures)
    cols = sum(one.shape[1] for one in pictures) + gap_px * (len(pictures) - 1)
    out = np.full((rows, cols, 3), 255, np.uint8)
    left = 0
    for one in pictures:
        out[: one.shape[0], left : left + one.shape[1]] = one[..., :3]
        left += one.shape[1] + gap_px
    return out


def _stretched(band: NDArray[np.uint8]) -> NDArray[np.uint8]:
    seen = band[band > 0]
    if not seen.size:
        return np.zeros_like(band)
    low, high = np.percentile(seen, (1, 99))
    scaled = (band.astype(np.float32) - low) / max(float(high - low), 1.0)
    return np.where(band > 0, np.round(scaled.clip(0, 1) * 255), 0).astype(np.uint8)


def _png(image: Image.Image, side_px: int, palette_px: int) -> bytes:
    scale = side_px / max(image.size)
    if scale < 1:
        width, height = (max(1, round(length * scale)) for length in image.size)
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    if image.mode == "RGB":
        # A palette halves the bytes. Its median cut is made from a thumbnail: on the picture itself
        # it took half a second, a fifth of the time of a crater.
        size = (min(palette_px, image.width), min(palette_px, image.height))
        palette = image.resize(size, Image.Resampling.NEAREST).quantize(128)
        image = image.quantize(palette=palette, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
