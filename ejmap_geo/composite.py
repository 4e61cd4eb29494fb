"""The colour composite: one colour a crater, mixed and half transparent where ejecta overlap."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.color import crater_color
from ejmap_geo.errors import RasterError
from ejmap_geo.label_map import NODATA, SEVERAL, LabelMap
from ejmap_geo.masks import PlacedMask

OVERLAP_ALPHA = 128


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
    table = np.zeros((4, NODATA + 1), np.uint8)
    for crater_id, color in colors.items():
        table[:, crater_id] = (*color, 255)
    rgba = np.empty((4, *labels.labels.shape), np.uint8)
    for band in range(4):
        rgba[band] = table[band][labels.labels]
    _mix_overlaps(rgba, masks, labels, colors)
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
    grey = basemap_bands.mean(axis=0, dtype=np.float32)
    alpha = composite[3] * np.float32(opacity / 255)
    # + 0.5: the cast truncates.
    blended = [band * alpha + grey * (1 - alpha) + 0.5 for band in composite[:3]]
    return np.stack(blended).astype(np.uint8)


def _mix_overlaps(
    rgba: NDArray[np.uint8],
    masks: Mapping[int, PlacedMask],
    labels: LabelMap,
    colors: Mapping[int, tuple[int, int, int]],
) -> None:
    """Write the mean colour into the pixels that several craters claim."""
    places = np.flatnonzero(labels.labels == SEVERAL)
    total = np.zeros((3, places.size), np.uint32)
    count = labels.overlap_count.ravel()[places].astype(np.uint32)
    claims = np.zeros_like(count)
    width_px = labels.labels.shape[1]
    for crater_id, color in colors.items():
        chosen = np.searchsorted(places, _contested(masks[crater_id], labels.labels, width_px))
        total[:, chosen] += np.array(color, np.uint32)[:, None]
        claims[chosen] += 1
    if not np.array_equal(claims, count):
        raise RasterError("label map and masks disagree on overlaps; make it from these masks")
    # Half up, in whole numbers: sums do not depend on the order of the craters.
    flat = rgba.reshape(4, -1)
    flat[:3, places] = (2 * total + count) // (2 * np.maximum(count, 1))
    flat[3, places] = OVERLAP_ALPHA


def _contested(placed: PlacedMask, labels: NDArray[np.uint16], width_px: int) -> NDArray[np.intp]:
    """Return the flat indices of the mask's pixels that other craters claim too."""
    found = [np.zeros(0, np.intp)]
    if placed.window is not None:
        for there, here in placed.window.pieces(width_px):
            rows, cols = np.nonzero(placed.mask[here] & (labels[there] == SEVERAL))
            found.append((rows + there[0].start) * width_px + cols + there[1].start)
    return np.concatenate(found)
