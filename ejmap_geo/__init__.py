"""Pure geospatial layer: planets, grids, resampling, tiles, masks and maps.

Knows numpy, numba and the open geospatial libraries; knows neither torch nor Dagster.
"""

from pathlib import Path

from ejmap_geo.kernel_cache import drop_stale_kernels

# Before the first kernel is loaded.
drop_stale_kernels(Path(__file__).parent)
