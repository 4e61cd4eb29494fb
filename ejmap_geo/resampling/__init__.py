"""Exact resampling between the grids."""
