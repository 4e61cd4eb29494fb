"""Rasters about a crater with shapes whose measures have closed forms."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.rim import circular_rim
from ejmap_geo.patterns.polar_mask import PolarMask, polar_mask
from ejmap_geo.patterns.ring_sums import RingSums, ring_sums

HALF_PX, RADIUS_PX = 600, 20
RESOLUTION_M = 4000.0


@dataclass(frozen=True)
class Scene:
    """A raster about a crater of 20 pixels: x east, y north, d distance, in pixels; a azimuth."""

    grid: AzimuthalGrid
    x: np.ndarray
    y: np.ndarray

    radius_m = RADIUS_PX * RESOLUTION_M

    @property
    def d(self) -> np.ndarray:
        """Distance from the centre in pixels."""
        return np.hypot(self.x, self.y)

    @property
    def a(self) -> np.ndarray:
        """Azimuth in degrees, clockwise from north, -180 to 180."""
        return np.degrees(np.arctan2(self.x, self.y))

    def ring_sums(self, mask: np.ndarray, imaged: np.ndarray | None = None) -> RingSums:
        """Return the sums over rings of a mask."""
        rim = circular_rim(MERCURY, radius_m=self.radius_m, resolution_m=RESOLUTION_M)
        seen = np.ones_like(mask) if imaged is None else imaged
        return ring_sums(mask, seen, rim=rim, azimuthal=self.grid)

    def polar(self, mask: np.ndarray, mosaic: np.ndarray | None = None) -> PolarMask:
        """Return a mask in polar view."""
        seen = np.full((1, *mask.shape), 100, np.uint8) if mosaic is None else mosaic
        return polar_mask(mask, seen, azimuthal=self.grid, radius_m=self.radius_m)


@pytest.fixture(scope="session")
def scene_at() -> Callable[[LonLat], Scene]:
    """Give a function that returns the raster about a place."""

    def scene(center: LonLat) -> Scene:
        grid = AzimuthalGrid(
            body=MERCURY, center=center, resolution_m=RESOLUTION_M, half_size_px=HALF_PX
        )
        row, col = np.indices(grid.shape)
        return Scene(grid, col - HALF_PX + 0.5, HALF_PX - row - 0.5)

    return scene


@pytest.fixture(scope="session")
def scene(scene_at: Callable[[LonLat], Scene]) -> Scene:
    """Give the raster about a place on the equator."""
    return scene_at(LonLat(0, 0))
