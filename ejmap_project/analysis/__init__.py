"""Measurements of the map: profiles, patterns, statistics of the planet."""
