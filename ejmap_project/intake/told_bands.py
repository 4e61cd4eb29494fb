"""What the bands of a mosaic mean, as far as its file tells."""

import re
from collections.abc import Sequence
from pathlib import Path

from ejmap_geo.grids.body import MERCURY, Body
from ejmap_geo.rasters.band_marks import BandMark, band_marks
from ejmap_ml.config.bands import GREY, KNOWN, RGB, Bands, bands_named
from ejmap_project.errors import SettingsError

# What programs write where nobody described a band.
COUNTED = re.compile(r"((band|layer|channel)[ _]?)?\d{0,2}", re.IGNORECASE)


def told_bands(mosaic: Path, *, body: Body) -> Bands:
    """Return what the bands of a mosaic mean, as its file tells.

    One band is grey. Several are what their descriptions say, unless these only count (``Band 1``),
    or red, green and blue where they are marked so. On Mercury such marks tell nothing: GDAL writes
    them into any 8-bit GeoTIFF of three bands, and the enhanced-colour mosaic is published as one.

    Raises:
        RasterError: If the file is missing or no raster.
        SettingsError: If it does not tell.
    """
    marks = band_marks(mosaic)
    is_mercury = body.name == MERCURY.name
    found = _told(marks, is_mercury=is_mercury)
    if found is None:
        colors = ", ".join(mark.color for mark in marks)
        enhanced = "mercury-enhanced (PC2, PC1, 430/1000 nm), " if is_mercury else ""
        is_three = len(marks) == len(KNOWN[RGB])
        known = f"rgb, {enhanced}or " if is_three else ""
        rest = "" if is_three else "; take a band out that is no brightness, such as a mask"
        raise SettingsError(
            f"mosaic {mosaic.name} has {len(marks)} bands and does not say what they mean (marked "
            f"{colors}; names are missing, or only count); state with --bands (in Python, bands=) "
            f"{known}their names, such as {_example(len(marks))}{rest}"
        )
    return found


def _told(marks: Sequence[BandMark], *, is_mercury: bool) -> Bands | None:
    if len(marks) == 1:
        return GREY
    described = [mark.description for mark in marks]
    if not any(COUNTED.fullmatch(one) for one in described):
        try:
            return bands_named(described)
        except ValueError:
            # Equal names tell nothing.
            return None
    is_rgb = tuple(mark.color for mark in marks) == KNOWN[RGB]
    return RGB if is_rgb and not is_mercury else None


def _example(count: int) -> str:
    return ",".join(f"band{number}" for number in range(1, count + 1))
