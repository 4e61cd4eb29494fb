"""Pure geospatial layer: planets, grids, resampling, tiles, masks and maps.

Knows numpy, numba and the open geospatial libraries; knows neither torch nor Dagster.
"""
