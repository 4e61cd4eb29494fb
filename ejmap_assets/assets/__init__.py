"""The assets, one module a stage of the way from a mosaic to a map."""
