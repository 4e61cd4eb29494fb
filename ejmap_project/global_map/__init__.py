"""The map of all craters: its rasters and layers, its picture, and whether they agree."""
