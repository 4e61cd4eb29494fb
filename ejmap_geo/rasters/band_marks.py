"""What a raster file says of its bands: descriptions and colours."""

from pathlib import Path
from typing import NamedTuple

from rasterio.enums import ColorInterp

from ejmap_geo.rasters.raster_place import opened


class BandMark(NamedTuple):
    """What a file says of a band: its description, empty without one, and its colour."""

    description: str
    color: str


def band_marks(path: Path) -> tuple[BandMark, ...]:
    """Return what a raster says of each band of its image; an alpha band is none of them.

    Colours are GDAL's colour interpretations, such as ``red``, ``gray`` or ``undefined``.

    Raises:
        RasterError: If the file is missing or no raster.
    """
    with opened(path) as raster:
        marks = zip(raster.descriptions, raster.colorinterp, strict=True)
        return tuple(
            BandMark((description or "").strip(), color.name)
            for description, color in marks
            if color != ColorInterp.alpha
        )
