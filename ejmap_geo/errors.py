"""Errors of the geospatial layer: what was wrong, what was found, what to do."""


class GeoError(Exception):
    """Base of every error that ``ejmap_geo`` raises on purpose."""


class GridError(GeoError, ValueError):
    """A grid, window or position that cannot exist."""


class BodyError(GeoError, ValueError):
    """A planet that is impossible or is not the one that was asked for."""


class CrsError(GeoError, ValueError):
    """A missing coordinate reference system, or one of another planet or projection."""


class RasterError(GeoError, ValueError):
    """A raster whose size, bands, type or values do not fit what it is used for."""


class CatalogueError(GeoError, ValueError):
    """A crater table that is empty, incomplete, ambiguous or in the wrong units."""


class TileLocationError(GeoError, ValueError):
    """A table of tile locations that is empty, incomplete, ambiguous or not on the basemap."""


class StyleError(GeoError, ValueError):
    """A style of a raster or a layer that was changed into something that is no style."""
