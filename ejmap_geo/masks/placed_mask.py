"""Boolean masks placed in a basemap, kept no larger than their content."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import half_chord_squared
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.reproject import covering_window

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedMask:
    """A boolean mask in a window of the basemap; the window may wrap around in columns.

    Attributes:
        mask: ``(height, width)`` of the window; ``(0, 0)`` when nothing is set.
        window: Where the mask lies; None when nothing is set.
    """

    mask: NDArray[np.bool_]
    window: Window | None

    def __post_init__(self) -> None:
        expected = (0, 0) if self.window is None else self.window.shape
        if self.mask.shape != expected:
            raise RasterError(f"mask must fill its window of {expected} px, got {self.mask.shape}")
        if self.mask.dtype != np.bool_:
            raise RasterError(
                f"mask must be bool, got {self.mask.dtype}; compare it with a threshold first"
            )

    @classmethod
    def empty(cls) -> "PlacedMask":
        """Return the mask that sets nothing."""
        return cls(mask=np.zeros((0, 0), np.bool_), window=None)

    @classmethod
    def from_full(cls, mask: NDArray[np.bool_], basemap: BasemapGrid) -> "PlacedMask":
        """Return a mask of the whole basemap, trimmed to its content round the antimeridian.

        Raises:
            RasterError: If ``mask`` does not have the shape of ``basemap``.
        """
        rows, cols = basemap.shape
        if mask.shape != basemap.shape:
            raise RasterError(f"mask must cover the basemap of {rows}x{cols} px, got {mask.shape}")
        return cls.in_window(mask, window=Window.whole(basemap.shape), basemap=basemap)

    @classmethod
    def in_window(
        cls, mask: NDArray[np.bool_], *, window: Window, basemap: BasemapGrid
    ) -> "PlacedMask":
        """Return the mask of a basemap window, trimmed to its content.

        A window of all columns has no edge of its own: it is cut at its widest empty gap, so that
        content on both sides of the antimeridian stays together in a narrow window.
        """
        cols, given = basemap.shape[1], cls(mask=mask, window=window)
        row = np.flatnonzero(mask.any(1))
        if not row.size:
            return cls.empty()
        rows = slice(int(row[0]), int(row[-1]) + 1)
        occupied = np.atleast_1d(mask[rows].any(0))
        if window.width == cols:
            start = _after_widest_gap(occupied)
            occupied = np.roll(occupied, -start)
        else:
            start = 0
        col = np.flatnonzero(occupied)
        # Cut out at once: a window of all columns may hold a quarter of a billion pixels.
        content = Window(
            row=rows.start,
            col=start + int(col[0]),
            height=rows.stop - rows.start,
            width=int(col[-1] - col[0]) + 1,
        )
        place = replace(
            content, row=window.row + content.row, col=(window.col + content.col) % cols
        )
        is_tight = content == Window.whole(window.shape)
        return replace(given, mask=mask if is_tight else crop(mask, content), window=place)

    @property
    def area_px(self) -> int:
        """Number of pixels set."""
        return int(np.count_nonzero(self.mask))

    def area_m2(self, basemap: BasemapGrid) -> float:
        """Return the area on the sphere of the pixels set: rows shrink towards the poles."""
        if self.window is None:
            return 0.0
        row_px = np.count_nonzero(self.mask, axis=1)
        return float(row_px @ pixel_area_m2(basemap, self.window))

    def trimmed(self) -> "PlacedMask":
        """Return the same mask without empty rows and columns at its edges."""
        if self.window is None or not self.mask.any():
            return PlacedMask.empty()
        rows, cols = np.flatnonzero(self.mask.any(1)), np.flatnonzero(self.mask.any(0))
        window = Window(
            row=self.window.row + int(rows[0]),
            col=self.window.col + int(cols[0]),
            height=int(rows[-1] - rows[0]) + 1,
            width=int(cols[-1] - cols[0]) + 1,
        )
        if window == self.window:
            return self
        mask = self.mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].copy()
        return PlacedMask(mask=mask, window=window)

    def within(self, window: Window, basemap: BasemapGrid) -> NDArray[np.bool_]:
        """Return what this mask sets in another window, ``(height, width)``; clear elsewhere."""
        seen = np.zeros(window.shape, np.bool_)
        if self.window is None:
            return seen
        cols = basemap.shape[1]
        shift = (self.window.col - window.col) % cols
        # Going round the planet the mask may enter the window at both of its sides.
        for col in (shift, shift - cols):
            placed = replace(self.window, row=self.window.row - window.row, col=col)
            inside = placed.intersection(Window.whole(window.shape))
            if inside is not None:
                seen[inside.slices] = self.mask[inside.slices_in(placed)]
        return seen

    def intersection(self, other: "PlacedMask", basemap: BasemapGrid) -> "PlacedMask":
        """Return what both masks set."""
        if self.window is None:
            return self
        both = self.mask & other.within(self.window, basemap)
        return PlacedMask.in_window(both, window=self.window, basemap=basemap)

    def at(
        self, row: NDArray[np.intp], col: NDArray[np.intp], basemap: BasemapGrid
    ) -> NDArray[np.bool_]:
        """Return whether this mask sets pixels of the basemap, in the shape of ``row``."""
        if self.window is None:
            return np.zeros(row.shape, np.bool_)
        down, right = row - self.window.row, (col - self.window.col) % basemap.width_px
        is_inside = (down >= 0) & (down < self.window.height) & (right < self.window.width)
        found = np.zeros(row.shape, np.bool_)
        found[is_inside] = self.mask[down[is_inside], right[is_inside]]
        return found

    def paste_into(self, full: NDArray[np.bool_]) -> None:
        """Set the pixels of this mask in ``full``, a mask of the whole basemap."""
        if self.window is not None:
            for there, here in self.window.pieces(full.shape[1]):
                full[there] |= self.mask[here]


def disc(basemap: BasemapGrid, *, center: LonLat, radius_m: float) -> PlacedMask:
    """Return the pixels whose centre lies within a great-circle distance of a point."""
    azimuthal = AzimuthalGrid.reaching(
        basemap.body, center=center, resolution_m=basemap.resolution_m, reach_m=radius_m
    )
    window = covering_window(azimuthal, basemap, reach_m=radius_m)
    reach_rad = min(radius_m / basemap.body.radius_m, np.pi)
    is_within = half_chord_squared(basemap, window, origin=center) <= np.sin(reach_rad / 2) ** 2
    return PlacedMask.in_window(is_within, window=window, basemap=basemap)


def without_crater(
    placed: PlacedMask, *, basemap: BasemapGrid, center: LonLat, radius_m: float
) -> PlacedMask:
    """Return a mask of ejecta without the cavity that threw them: the disc inside the rim."""
    if placed.window is None:
        return placed
    cavity = disc(basemap, center=center, radius_m=radius_m).within(placed.window, basemap)
    return PlacedMask.in_window(placed.mask & ~cavity, window=placed.window, basemap=basemap)


def pixels_in(windows: Iterable[Window], basemap: BasemapGrid) -> NDArray[np.bool_]:
    """Return which pixels of the basemap lie in any of some windows, ``(rows, cols)``."""
    inside = np.zeros(basemap.shape, np.bool_)
    for window in windows:
        for there, _ in window.pieces(basemap.width_px):
            inside[there] = True
    return inside


def crop(raster: NDArray[Scalar], window: Window) -> NDArray[Scalar]:
    """Copy a window out of a whole-planet raster, going round the antimeridian.

    Args:
        raster: ``(..., rows, cols)`` on the basemap.
        window: Part to copy.

    Returns:
        ``(..., height, width)`` in the type of ``raster``.
    """
    parts = [raster[(..., *there)] for there, _ in window.pieces(raster.shape[-1])]
    return np.concatenate(parts, axis=-1)


def pixel_area_m2(basemap: BasemapGrid, window: Window) -> NDArray[np.float64]:
    """Return the area on the sphere of one pixel in each row of a window, ``(height,)``.

    A pixel between latitudes a and b that spans d radians of longitude has area
    R^2 d (sin b - sin a); the rows of the whole basemap sum to 4 pi R^2.
    """
    rows, cols = basemap.shape
    edges = np.arange(window.row, window.row + window.height + 1)
    sin_lat = np.cos(edges * (np.pi / rows))
    return -np.diff(sin_lat) * basemap.body.radius_m**2 * (2 * np.pi / cols)


def _after_widest_gap(occupied: NDArray[np.bool_]) -> int:
    # The index of the first occupied place after the longest empty run of a closed ring.
    places = np.flatnonzero(occupied)
    gaps = np.diff(places, prepend=places[-1] - occupied.size)
    return int(places[int(np.argmax(gaps))])
