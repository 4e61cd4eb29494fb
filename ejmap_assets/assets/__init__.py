"""The assets, one module for each stage from a mosaic to a map."""
