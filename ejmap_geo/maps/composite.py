"""The colour composite: one colour a crater, mixed and half transparent where ejecta overlap."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.errors import RasterError
from ejmap_geo.maps.color import Rgb, crater_color
from ejmap_geo.maps.label_map import NODATA, SEVERAL, LabelMap
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.overlaps import add_claims, blend, in_pieces, paint
from ejmap_geo.resampling.strips import in_strips, kernel_input

OVERLAP_ALPHA = 128
# Pixels of overlaps whose colours are mixed together: some 40 bytes each.
PIXELS_AT_ONCE = 16_000_000


def color_composite(
    masks: Mapping[int, PlacedMask],
    labels: LabelMap,
    *,
    names: Mapping[int, str] | None = None,
) -> NDArray[np.uint8]:
    """Colour every pixel by the crater whose ejecta lie there.

    Args:
        masks: Mask of each crater by crater id.
        labels: Label map of these very masks.
        names: Names of the craters that have one, by crater id.

    Returns:
        Red, green, blue and alpha ``(4, rows, cols)``. Alpha is 255 where one crater claims a
        pixel, 128 where several do (the colour is the mean of theirs, in any order the same) and 0
        where none does.

    Raises:
        RasterError: If ``labels`` were not made from ``masks``.
    """
    names = names or {}
    colors = {crater_id: crater_color(crater_id, names.get(crater_id, "")) for crater_id in masks}
    rgba = colored_labels(labels.labels, colors, overlap=Rgb(0, 0, 0))
    _mix_overlaps(rgba, masks, labels, colors)
    return rgba


def colored_labels(
    labels: NDArray[np.uint16], colors: Mapping[int, Rgb], *, overlap: Rgb
) -> NDArray[np.uint8]:
    """Colour labels by a colour for each crater id and one for all overlaps.

    Returns:
        Red, green, blue and alpha ``(4, rows, cols)``; alpha is 0 where no crater is.
    """
    table = np.zeros((NODATA + 1, 4), np.uint8)
    for crater_id, color in {**colors, SEVERAL: overlap}.items():
        table[crater_id] = (*color, 255)
    rgba, (rows, cols) = np.empty((4, *labels.shape), np.uint8), labels.shape
    known = kernel_input(labels)
    in_strips(lambda *strip: paint(rgba, known, table, strip), rows=rows, cols=cols)
    return rgba


def over_basemap(
    composite: NDArray[np.uint8], basemap_bands: NDArray[np.uint8], *, opacity: float = 0.6
) -> NDArray[np.uint8]:
    """Lay a composite over the grey mean of the basemap's bands.

    Args:
        composite: ``(4, rows, cols)`` red, green, blue and alpha.
        basemap_bands: ``(band, rows, cols)`` on the same grid.
        opacity: Opacity of the ejecta of one crater, 0 to 1; overlaps have half of it.

    Returns:
        Red, green and blue, ``(3, rows, cols)``.

    Raises:
        RasterError: If the two do not have the same size.
    """
    if composite.shape[1:] != basemap_bands.shape[1:]:
        sizes = (composite.shape[1:], basemap_bands.shape[1:])
        raise RasterError(f"composite and basemap must have one size, got {sizes}")
    picture = np.empty_like(composite[:3])
    rgba, ground = kernel_input(composite), kernel_input(basemap_bands)
    in_strips(
        lambda *strip: blend(picture, rgba, ground, np.float32(opacity), strip),
        rows=picture.shape[1],
        cols=picture.shape[2],
    )
    return picture


def _mix_overlaps(
    rgba: NDArray[np.uint8],
    masks: Mapping[int, PlacedMask],
    labels: LabelMap,
    colors: Mapping[int, tuple[int, int, int]],
) -> None:
    """Write the mean colour into the pixels that several craters claim."""
    flat = rgba.reshape(4, -1)
    for places in _contested(labels.labels):
        total = _summed_colors(places, masks, colors, width_px=labels.labels.shape[1])
        count = labels.overlap_count.ravel()[places].astype(np.uint32)
        if not np.array_equal(total[3], count):
            raise RasterError("label map and masks disagree on overlaps; make it from these masks")
        # Half up, in whole numbers: sums do not depend on the order of the craters.
        for band in range(3):
            flat[band, places] = (2 * total[band] + count) // (2 * np.maximum(count, 1))
        flat[3, places] = OVERLAP_ALPHA


def _contested(labels: NDArray[np.uint16]) -> Iterator[NDArray[np.int64]]:
    """Yield flat indices of the pixels of overlaps, growing, a limited number at a time."""
    flat = labels.reshape(-1)
    kept, held = list[NDArray[np.int64]](), 0
    for start in range(0, flat.size, PIXELS_AT_ONCE):
        found = np.flatnonzero(flat[start : start + PIXELS_AT_ONCE] == SEVERAL) + start
        if kept and held + found.size > PIXELS_AT_ONCE:
            yield np.concatenate(kept)
            kept, held = [], 0
        kept.append(found)
        held += found.size
    yield np.concatenate(kept)


def _summed_colors(
    places: NDArray[np.int64],
    masks: Mapping[int, PlacedMask],
    colors: Mapping[int, tuple[int, int, int]],
    *,
    width_px: int,
) -> NDArray[np.uint32]:
    """Return red, green and blue summed over the craters of each place, and their number."""
    total = np.zeros((4, places.size), np.uint32)
    ids = list(colors) if places.size else []
    for crater_id, placed in zip(ids, two_at_a_time(masks.__getitem__, ids), strict=True):
        color = colors[crater_id]
        if placed.window is not None:
            mask = kernel_input(placed.mask)
            in_pieces(
                lambda piece, rows, mask=mask, color=color: add_claims(
                    total, places, mask, piece, color, (width_px, rows)
                ),
                placed.window,
                width_px=width_px,
            )
    return total
