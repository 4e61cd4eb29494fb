"""From the mosaic around a crater to its mask, and from all masks to the map."""
