"""Releases: map, tables, models and provenance frozen as folders, reported and compared."""
