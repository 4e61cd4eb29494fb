"""Tile stores on disk: the only place that knows Zarr."""
