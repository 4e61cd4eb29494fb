"""Masks of ejecta: placed on the basemap, denoised, merged from tiles."""
