"""Pure geospatial layer: planets, grids, resampling, tiles, masks and maps.

Knows numpy, numba and the open geospatial libraries; knows neither torch nor Dagster.
"""

from pathlib import Path

from ejmap_geo.kernel_cache import keep_kernels_apart

# Before the first kernel is loaded.
keep_kernels_apart(Path(__file__).parent)
