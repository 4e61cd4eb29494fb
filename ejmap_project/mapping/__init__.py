"""From the mosaic around a crater to its mask, and from all masks to the map.

The steps in their order: ``azimuthal_mosaic``, ``tile_store``, ``polar_prediction``,
``tile_connections``, ``ejecta_layers``, ``basemap_mask``, and for all craters together
``planet_map``.
"""
