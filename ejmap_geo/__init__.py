"""Pure geospatial layer: planets, grids, resampling, tiles, masks and maps.

Knows numpy, numba and the open geospatial libraries; knows neither torch nor Dagster.
"""

import os
from pathlib import Path

from ejmap_geo.kernel_cache import keep_kernels_apart

# Threads of OpenMP spin while they wait for each other. Where other programs compute too, they keep
# the core from the thread that they wait for, and a crater takes ten times as long. torch and numba
# read this when they are loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# Before the first kernel is loaded.
keep_kernels_apart(Path(__file__).parent)
