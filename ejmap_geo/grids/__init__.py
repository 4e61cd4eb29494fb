"""The sphere, its coordinates and the pixel grids on it."""
