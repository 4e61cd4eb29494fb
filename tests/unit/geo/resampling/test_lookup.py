"""Tables looked up by bytes, against numpy's own indexing."""

import numpy as np
import pytest

from ejmap_geo.resampling.lookup import looked_up


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("shape", [(), (7,), (5, 9), (1100, 1200), (2, 900, 700)])
def test_a_table_is_looked_up_in_every_pixel(shape: tuple[int, ...], dtype: type) -> None:
    """Small rasters and large ones, of any shape, read across their rows too."""
    rng = np.random.default_rng(1)
    table = rng.integers(0, 255, 256).astype(dtype)
    raster = rng.integers(0, 256, shape, np.uint8)

    found = looked_up(table, raster.T)

    np.testing.assert_array_equal(found, table[raster.T])
    assert found.dtype == dtype
