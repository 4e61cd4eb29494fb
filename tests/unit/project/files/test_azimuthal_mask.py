"""Masks about a crater: of that crater, and of no other place."""

from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.files.azimuthal_mask import read_azimuthal_mask

CENTER = LonLat(-160, 20)
GRID = AzimuthalGrid(body=MERCURY, center=CENTER, resolution_m=5000.0, half_size_px=8)
MASK = np.arange(256).reshape(16, 16) % 3 == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A mask about the crater."""
    write_cog(tmp_path / "mask.tif", MASK, grid=GRID)
    return tmp_path / "mask.tif"


@pytest.mark.parametrize("lon_deg", [-160, 200])
def test_a_mask_is_read_with_its_grid(path: Path, lon_deg: float) -> None:
    """Whatever turn the longitude of the crater counts from."""
    crater = Crater(crater_id=7, name="", center=LonLat(lon_deg, 20), radius_m=9000.0)

    found = read_azimuthal_mask(path, body=MERCURY, crater=crater)

    assert found is not None
    np.testing.assert_array_equal(found.mask, MASK)
    assert found.grid.shape == GRID.shape


def test_a_mask_about_another_place_is_refused_with_both_places(path: Path) -> None:
    """The sentence says where it lies, and where it should."""
    crater = Crater(crater_id=7, name="", center=LonLat(-150, 20), radius_m=9000.0)

    with pytest.raises(RasterError, match=r"16x16 px about -160, 20, but .* crater 7.*-150, 20"):
        read_azimuthal_mask(path, body=MERCURY, crater=crater)
