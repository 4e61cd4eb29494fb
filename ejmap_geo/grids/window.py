"""Pixel rectangles."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import GridError


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A pixel rectangle; ``row`` grows southwards, ``col`` eastwards, both ends half-open.

    On a basemap the columns go round the planet: a window may start anywhere and run past the last
    column, which then continues at column 0 (see :meth:`columns`).
    """

    row: int
    col: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if self.height <= 0 or self.width <= 0:
            raise GridError(f"window must not be empty, got {self.height}x{self.width} px")

    @classmethod
    def whole(cls, shape: tuple[int, int]) -> Self:
        """Return the window that is all of a raster of ``(rows, cols)``."""
        return cls(row=0, col=0, height=shape[0], width=shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """``(height, width)`` in pixels."""
        return self.height, self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices of a window that does not wrap."""
        return slice(self.row, self.row + self.height), slice(self.col, self.col + self.width)

    def slices_in(self, origin: "Window") -> tuple[slice, slice]:
        """Return row and column slices counted from the upper left corner of another window."""
        top, left = self.row - origin.row, self.col - origin.col
        return slice(top, top + self.height), slice(left, left + self.width)

    def columns(self, width_px: int) -> NDArray[np.intp]:
        """Return the column indices, going round a raster that is ``width_px`` wide."""
        return np.arange(self.col, self.col + self.width) % width_px

    def pieces(self, width_px: int) -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
        """Return the window as rectangles that do not wrap: one, or two across the last column.

        Slices read and write in place, without the copies of indexing by :meth:`columns`.

        Args:
            width_px: Columns of the raster that the window goes round.

        Returns:
            For each rectangle its slices of the raster and its slices of the window.

        Raises:
            GridError: If the window is wider than the raster, so that columns would repeat.
        """
        if self.width > width_px:
            raise GridError(f"window of {self.width} columns exceeds a raster of {width_px}")
        start = self.col % width_px
        first = min(self.width, width_px - start)
        rows, every = slice(self.row, self.row + self.height), slice(None)
        parts = [((rows, slice(start, start + first)), (every, slice(0, first)))]
        if first < self.width:
            parts.append(((rows, slice(0, self.width - first)), (every, slice(first, self.width))))
        return parts

    def intersection(self, other: "Window") -> "Window | None":
        """Return the common rectangle, or None when the two only touch or lie apart."""
        top, left = max(self.row, other.row), max(self.col, other.col)
        bottom = min(self.row + self.height, other.row + other.height)
        right = min(self.col + self.width, other.col + other.width)
        if bottom <= top or right <= left:
            return None
        return Window(row=top, col=left, height=bottom - top, width=right - left)
