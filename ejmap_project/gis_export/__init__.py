"""The map in the forms that other programs ask for: Shapefile, JMARS, codes of the IAU, PDS4."""
