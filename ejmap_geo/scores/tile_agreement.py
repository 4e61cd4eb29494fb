"""Agreement of a crater's masks inside the tiles in which a person mapped its ejecta."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.scores.agreement import Confusion, confusion

FULL_SCALE_PX = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CraterMasks:
    """What is known and what was found of one crater, on the basemap.

    Attributes:
        actual: Ejecta that a person mapped.
        found: Ejecta that the chain mapped.
        connected: Where EJCONN looks for ejecta.
    """

    actual: PlacedMask
    found: PlacedMask
    connected: PlacedMask


@dataclass(frozen=True, slots=True, kw_only=True)
class TileAgreement:
    """Pixels of one tile by what was found and what is true, at each scale.

    Attributes:
        tile_id: The tile.
        found: What the chain mapped against what is true, by side of the majority filter in pixels.
        ceiling: The same for a perfect segmentation, which misses what EJCONN did not connect.
        is_connected: Whether EJCONN connected any pixel of the tile to the crater.
    """

    tile_id: int
    found: Mapping[int, Confusion]
    ceiling: Mapping[int, Confusion]
    is_connected: bool


def agreement_in_tiles(
    tiles: Mapping[int, Window],
    masks: CraterMasks,
    *,
    basemap: BasemapGrid,
    scales_px: Sequence[int] = (FULL_SCALE_PX,),
) -> Iterator[TileAgreement]:
    """Compare a crater's masks inside tiles, one tile at a time.

    At a coarser scale both masks of the tile pass a majority filter first.

    Args:
        tiles: Rectangles of the basemap by tile id; their columns may go round the planet.
        masks: The masks of the crater.
        basemap: Grid of tiles and masks.
        scales_px: Sides of the majority filter, odd; 1 is the mask itself.
    """
    for tile_id, window in tiles.items():
        actual = masks.actual.within(window, basemap)
        found = masks.found.within(window, basemap)
        connected = masks.connected.within(window, basemap)
        yield TileAgreement(
            tile_id=tile_id,
            found=_by_scale(found, actual, scales_px),
            ceiling=_by_scale(actual & connected, actual, scales_px),
            is_connected=bool(connected.any()),
        )


def majority(mask: NDArray[np.bool_], *, side_px: int) -> NDArray[np.bool_]:
    """Set the pixels whose square of ``side_px`` pixels is set for the most part.

    Beyond the edges the mask goes on as at its edge. This is a median filter, and as the side is
    odd there are no ties.

    Args:
        mask: ``(rows, cols)``; no side may be 0.
        side_px: Side of the square, odd; 1 changes nothing.

    Returns:
        ``(rows, cols)``.

    Raises:
        RasterError: If the side is even or below 1.
    """
    if side_px < 1 or side_px % 2 == 0:
        raise RasterError(f"side of a majority filter must be an odd number, got {side_px}")
    if side_px == 1:
        return mask
    # Of the sums over everything above and to the left, four corners give any square.
    padded = np.pad(mask, side_px // 2, mode="edge")
    sums = np.zeros((padded.shape[0] + 1, padded.shape[1] + 1), np.int32)
    np.cumsum(padded, axis=0, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    ends = sums[side_px:, side_px:] + sums[:-side_px, :-side_px]
    set_px = ends - sums[side_px:, :-side_px] - sums[:-side_px, side_px:]
    return 2 * set_px > side_px**2


def _by_scale(
    predicted: NDArray[np.bool_], actual: NDArray[np.bool_], scales_px: Sequence[int]
) -> dict[int, Confusion]:
    if not (predicted.any() or actual.any()):
        # Most tiles hold nothing of most craters, at any scale.
        return dict.fromkeys(scales_px, Confusion(true_negative=actual.size))
    return {
        side_px: confusion(majority(predicted, side_px=side_px), majority(actual, side_px=side_px))
        for side_px in scales_px
    }
