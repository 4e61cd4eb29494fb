"""Rasters as colours: mosaics, masks over them, probabilities and polar views."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.errors import RasterError
from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.preview import LegendEntry

Scalar = TypeVar("Scalar", bound=np.generic)

MAX_SIDE_PX = 800
# Shares of the imaged pixels that are black and white.
STRETCH = (0.01, 0.99)
OVERLAY_RGB = Rgb(255, 92, 40)
OVERLAY_OPACITY = 0.55
EJECTA = LegendEntry("ejecta", OVERLAY_RGB)


def mosaic_rgb(raster: NDArray[np.uint8], *, max_side_px: int = MAX_SIDE_PX) -> NDArray[np.uint8]:
    """Return a mosaic as enhanced colour (three bands) or grey (any other number), made smaller.

    Args:
        raster: ``(band, rows, cols)``.
        max_side_px: Longest side of the picture.

    Returns:
        ``(rows, cols, 3)``, stretched between the 1st and 99th percentile of each band.
    """
    bands = [_stretched(_averaged(band, max_side_px)) for band in raster[:3]]
    return np.stack(bands if len(bands) == 3 else [bands[0]] * 3, axis=-1)


def mosaic_grey(raster: NDArray[np.uint8], *, max_side_px: int = MAX_SIDE_PX) -> NDArray[np.uint8]:
    """Return the mean of a mosaic's bands as a grey picture, on which colours stand out.

    Args:
        raster: ``(band, rows, cols)``.
        max_side_px: Longest side of the picture.

    Returns:
        ``(rows, cols, 3)``, stretched like :func:`mosaic_rgb`.
    """
    seen = [_averaged(band, max_side_px) for band in raster]
    grey = seen[0] if len(seen) == 1 else np.mean(seen, axis=0).astype(np.uint8)
    return np.repeat(_stretched(grey)[..., None], 3, axis=-1)


def averaged(raster: NDArray[np.uint8], *, max_side_px: int) -> NDArray[np.uint8]:
    """Return means of blocks of ``(band, rows, cols)``, as many as :func:`shrunk` has pixels."""
    return np.stack([_averaged(band, max_side_px) for band in raster])


def step_of(shape: tuple[int, ...], *, max_side_px: int) -> int:
    """Return how many pixels become one so that no side exceeds the limit."""
    return max(1, -(-max(shape) // max_side_px))


def shrunk(raster: NDArray[Scalar], *, max_side_px: int) -> NDArray[Scalar]:
    """Return every n-th pixel of ``(..., rows, cols)`` so that no side exceeds the limit."""
    step = step_of(raster.shape[-2:], max_side_px=max_side_px)
    return raster[..., ::step, ::step]


def picked(raster: NDArray[Scalar], *, side_px: int) -> NDArray[Scalar]:
    """Return the pixels of a square ``(rows, cols)`` in the middles of those of a smaller one."""
    at = ((2 * np.arange(side_px) + 1) * raster.shape[0]) // (2 * side_px)
    return raster[at[:, None], at]


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


def probability_legend() -> list[LegendEntry]:
    """Return the colours of some probabilities."""
    values = np.array([[0.25, 0.5, 0.75, 1.0]])
    colors = probability_rgb(values)[0].tolist()
    named = zip(values[0].tolist(), colors, strict=True)
    return [LegendEntry(f"probability {value:g}", Rgb(*color)) for value, color in named]


def view_rgb(band: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Draw a polar view with the crater at the bottom and azimuth to the right, north at the left.

    Args:
        band: ``(rows, cols)``, in sigmas from the median.
    """
    grey = np.round((band[::-1] + 3).clip(0, 6) / 6 * 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)


def stretch_table(counts: NDArray[np.int_]) -> NDArray[np.uint8]:
    """Return the shade of each of 256 values, stretched between the 1st and 99th percentile.

    Args:
        counts: How many pixels have each value; 0 is not imaged and stays black.
    """
    imaged = counts.copy()
    imaged[0] = 0
    if not imaged.any():
        return np.zeros(256, np.uint8)
    below = np.cumsum(imaged) / imaged.sum()
    low, high = np.searchsorted(below, STRETCH)
    scaled = (np.arange(256) - low) / max(float(high - low), 1.0)
    shade = np.round(scaled.clip(0, 1) * 255).astype(np.uint8)
    shade[0] = 0
    return shade


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


def _averaged(band: NDArray[np.uint8], max_side_px: int) -> NDArray[np.uint8]:
    """Return the means of blocks, as many as :func:`shrunk` has pixels: picked ones look grainy."""
    step = step_of(band.shape, max_side_px=max_side_px)
    return band if step == 1 else np.asarray(Image.fromarray(band).reduce(step))


def _stretched(band: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return stretch_table(np.bincount(band.ravel(), minlength=256))[band]
