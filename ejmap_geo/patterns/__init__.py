"""Patterns of ejecta: blanket, rays and asymmetry of one crater's mask, and published columns."""
