"""Ground that several craters claim: who claims it, how surely, and how much each pair shares.

Contested pixels are few, so they are kept as a list of places, band of rows by band of rows; a
band holds a limited number of claims, whatever the size of the planet.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import LARGEST_CRATER_ID
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, pixel_area_m2
from ejmap_geo.masks.probability_levels import probability_of
from ejmap_geo.resampling.overlaps import find_claimed
from ejmap_geo.resampling.strips import kernel_input

# Rows of a band are a multiple of the rows of a block of a file.
STRIP_ROWS = 512
# Where fewer than two craters claim a pixel: what label maps mark unclaimed pixels with.
NOBODY = LARGEST_CRATER_ID + 2
# Some 40 bytes a claim.
MOST_CLAIMS = 8_000_000

# The levels of a crater's probability in a window of the basemap; None where its mask is sure.
ReadLevels = Callable[[int, Window], NDArray[np.uint8] | None]
ReadRows = Callable[[int, int], NDArray[np.unsignedinteger]]


class ContestedBand(NamedTuple):
    """Pixels that several craters claim, in some rows of the basemap.

    Attributes:
        top: First row.
        bottom: The row after the last.
        places: Pixels counted from the first of the band, row by row, growing.
        counts: Number of craters that claim each.
    """

    top: int
    bottom: int
    places: NDArray[np.int64]
    counts: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedClaims:
    """The claimants of the contested pixels of a band.

    Attributes:
        band: The pixels.
        first: Id of the crater with the highest probability; of equals, the lowest id.
        second: Id of the next.
        margin: Probability of the first less that of the second, 0 to 1.
        shared_m2: Area on the sphere that two craters both claim, by their ids, the lower first.
    """

    band: ContestedBand
    first: NDArray[np.uint16]
    second: NDArray[np.uint16]
    margin: NDArray[np.float32]
    shared_m2: Mapping[tuple[int, int], float]

    def raster(self, top: int, bottom: int, cols: int) -> NDArray[np.uint16]:
        """Return count, first, second and margin in percent, ``(4, rows, cols)``.

        ``NOBODY`` where fewer than two craters claim the pixel.

        Args:
            top: First row, within the band.
            bottom: The row after the last.
            cols: Columns of the basemap.
        """
        out = np.full((4, (bottom - top) * cols), NOBODY, np.uint16)
        origin = (top - self.band.top) * cols
        start, stop = np.searchsorted(self.band.places, (origin, origin + out.shape[1]))
        part = slice(int(start), int(stop))
        percent = np.rint(100 * self.margin[part]).astype(np.uint16)
        values = (self.band.counts[part], self.first[part], self.second[part], percent)
        out[:, self.band.places[part] - origin] = np.stack(values)
        return out.reshape(4, bottom - top, cols)


def contested_bands(
    read_rows: ReadRows, *, basemap: BasemapGrid, most_claims: int = MOST_CLAIMS
) -> Iterator[ContestedBand]:
    """Yield the contested pixels of the planet, from north to south.

    Args:
        read_rows: Returns the number of craters that claim each pixel of some rows, given the first
            and the one after the last.
        basemap: The whole grid.
        most_claims: Claims after which a new band begins.
    """
    rows, cols = basemap.shape
    top, kept = 0, list[tuple[NDArray[np.int64], NDArray[np.uint16]]]()
    for strip in range(0, rows, STRIP_ROWS):
        bottom = min(strip + STRIP_ROWS, rows)
        counts = read_rows(strip, bottom).ravel()
        found = np.flatnonzero(counts > 1)
        kept.append((found + (strip - top) * cols, counts[found].astype(np.uint16)))
        is_full = sum(int(one.sum()) for _, one in kept) >= most_claims
        if is_full or bottom == rows:
            places, claims = zip(*kept, strict=True)
            yield ContestedBand(top, bottom, np.concatenate(places), np.concatenate(claims))
            top, kept = bottom, []


def ranked_claims(
    band: ContestedBand,
    masks: Mapping[int, PlacedMask],
    windows: Mapping[int, Window],
    read_levels: ReadLevels,
    *,
    basemap: BasemapGrid,
) -> RankedClaims:
    """Rank the craters that claim each contested pixel of a band by their probabilities.

    Args:
        band: The pixels.
        masks: What each crater claims, by crater id; three are held at a time.
        windows: Where the masks lie.
        read_levels: Returns how probable the ejecta of a crater are; called once for every crater
            that claims a pixel of the band, with the smallest window that holds those pixels.
        basemap: Grid of the windows.
    """
    size = band.places.size
    first, second = (np.full(size, NOBODY, np.uint16) for _ in range(2))
    best, next_best = (np.full(size, -1, np.float32) for _ in range(2))
    members: dict[int, NDArray[np.int64]] = {}

    def claim(crater_id: int) -> tuple[int, NDArray[np.int64], NDArray[np.float32]]:
        at, place = _claimed(band, masks[crater_id], basemap)
        if not at.size:
            return crater_id, at, np.zeros(0, np.float32)
        return crater_id, at, _probability(place, partial(read_levels, crater_id))

    reaching = (one for one in sorted(windows) if _reaches(band, windows[one]))
    for crater_id, at, sure in two_at_a_time(claim, reaching):
        if not at.size:
            continue
        members[crater_id] = at
        leads = sure > best[at]
        follows = ~leads & (sure > next_best[at])
        ahead, behind = at[leads], at[follows]
        second[ahead], next_best[ahead] = first[ahead], best[ahead]
        first[ahead], best[ahead] = crater_id, sure[leads]
        second[behind], next_best[behind] = crater_id, sure[follows]
    return RankedClaims(
        band=band,
        first=first,
        second=second,
        margin=best - next_best,
        shared_m2=_shared_m2(band, members, basemap),
    )


def shared_areas_m2(ranked: Iterator[RankedClaims]) -> dict[tuple[int, int], float]:
    """Return the area that each pair of craters shares, summed over bands."""
    total: dict[tuple[int, int], float] = defaultdict(float)
    for one in ranked:
        for pair, area_m2 in one.shared_m2.items():
            total[pair] += area_m2
    return dict(total)


class _Place(NamedTuple):
    """Pixels of the basemap, counted in a window of it.

    Attributes:
        window: The window.
        row: Row of each pixel in the window.
        col: Its column.
    """

    window: Window
    row: NDArray[np.int64]
    col: NDArray[np.int64]


def _reaches(band: ContestedBand, window: Window) -> bool:
    return bool(band.places.size) and (
        window.row < band.bottom and band.top < window.row + window.height
    )


def _claimed(
    band: ContestedBand, placed: PlacedMask, basemap: BasemapGrid
) -> tuple[NDArray[np.int64], _Place]:
    """Return which contested places of a band a mask sets, and where they lie in its window."""
    window = placed.window
    nothing = np.zeros(0, np.int64)
    if window is None:
        return nothing, _Place(Window(row=0, col=0, height=1, width=1), nothing, nothing)
    cols = basemap.width_px
    first = max(band.top - window.row, 0)
    last = min(band.bottom - window.row, window.height)
    pieces = np.array(
        [
            (there[0].start + first - band.top, there[1].start, here[1].start, here[1].stop)
            for there, here in window.pieces(cols)
        ]
    )
    within = np.searchsorted(band.places, (np.array([first, last]) + window.row - band.top) * cols)
    found = np.empty((2, int(within[1] - within[0])), np.int64)
    mask = kernel_input(placed.mask[first:last])
    count = find_claimed(band.places, mask, pieces, cols, found)
    at, pixel = found[:, :count]
    seen = replace(window, row=window.row + first, height=max(last - first, 1))
    return at, _Place(seen, pixel // window.width, pixel % window.width)


def _probability(
    place: _Place, read_levels: Callable[[Window], NDArray[np.uint8] | None]
) -> NDArray[np.float32]:
    """Return how probable ejecta are in pixels, reading no more than the window that holds them."""
    (top, left), (bottom, right) = (
        (int(reduce(place.row)), int(reduce(place.col))) for reduce in (np.min, np.max)
    )
    held = replace(
        place.window,
        row=place.window.row + top,
        col=place.window.col + left,
        height=bottom + 1 - top,
        width=right + 1 - left,
    )
    levels = read_levels(held)
    if levels is None:
        return np.ones(place.row.size, np.float32)
    return probability_of(levels[place.row - top, place.col - left])


def _shared_m2(
    band: ContestedBand, members: Mapping[int, NDArray[np.int64]], basemap: BasemapGrid
) -> dict[tuple[int, int], float]:
    """Return the area of each pair: membership times area times membership transposed."""
    if not members:
        return {}
    cols = basemap.shape[1]
    whole = Window(row=band.top, col=0, height=band.bottom - band.top, width=cols)
    area_m2 = pixel_area_m2(basemap, whole)[band.places // cols]
    starts = np.cumsum([0, *(at.size for at in members.values())])
    places = np.concatenate([*members.values()])
    shape = (len(members), band.places.size)
    claimed = sparse.csr_array((np.ones(places.size, np.float32), places, starts), shape=shape)
    weighted = sparse.csr_array((area_m2[places], places, starts), shape=shape)
    product = sparse.triu(weighted @ claimed.T, k=1).tocoo()
    ids = [*members]
    return {
        (ids[i], ids[j]): float(value)
        for i, j, value in zip(product.row, product.col, product.data, strict=True)
    }
