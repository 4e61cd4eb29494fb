"""From the mosaic around a crater to its mask.

The steps in their order: ``azimuthal_mosaic``, ``tile_store``, ``polar_prediction``,
``tile_connections``, ``ejecta_layers``, ``basemap_mask``.
"""
