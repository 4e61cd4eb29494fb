"""Raster files: reading, writing, checking that they lie where they should."""
