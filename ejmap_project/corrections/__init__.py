"""Corrections: masks handed out to a person, edited in a GIS, and imported as labels."""
