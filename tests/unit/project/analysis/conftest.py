"""A crater in the middle of a raster, and shapes about it."""

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.rim import circular_rim
from ejmap_project.analysis.surroundings import Surroundings

RADIUS_M, RESOLUTION_M, HALF_PX = 40_000.0, 2000.0, 500


@pytest.fixture(scope="session")
def bare() -> Surroundings:
    """Give a crater of 20 pixels without ejecta, on ground of 100 grey levels."""
    center = LonLat(179.9, -5.2)
    crater = Crater(crater_id=7, name="Seven", center=center, radius_m=RADIUS_M)
    grid = AzimuthalGrid(
        body=MERCURY, center=center, resolution_m=RESOLUTION_M, half_size_px=HALF_PX
    )
    return Surroundings(
        crater=crater,
        grid=grid,
        mask=np.zeros(grid.shape, np.bool_),
        mosaic=np.full((3, *grid.shape), 100, np.uint8),
        rim=circular_rim(MERCURY, radius_m=RADIUS_M, resolution_m=RESOLUTION_M),
    )


@pytest.fixture(scope="session")
def xy() -> tuple[np.ndarray, np.ndarray]:
    """Give x (east) and y (north) of the pixels of that raster."""
    row, col = np.indices((2 * HALF_PX, 2 * HALF_PX))
    return col - HALF_PX + 0.5, HALF_PX - row - 0.5
