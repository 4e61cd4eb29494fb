"""What may be opened as a raster: local files that hold their own pixels."""
