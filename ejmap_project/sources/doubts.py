"""Doubts about mosaic and catalogue as a whole, before anything is computed from them."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.mosaic_sanity import oddities
from ejmap_geo.rasters.rim_agreement import RimAgreement, rim_agreement
from ejmap_project.errors import SourceError


def mosaic_doubts(raster: NDArray[np.uint8]) -> list[str]:
    """Return a sentence for each thing that is odd about a mosaic.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.

    Raises:
        SourceError: If nothing can be mapped on it: it is empty, of one grey, black or white.
    """
    found = oddities(raster)
    fatal = [one.sentence for one in found if one.is_fatal]
    if fatal:
        raise SourceError("; and ".join(fatal))
    return [one.sentence for one in found]


def place_doubts(
    raster: NDArray[np.uint8], grid: BasemapGrid, craters: Iterable[Crater]
) -> tuple[list[str], RimAgreement | None]:
    """Return a sentence if the catalogue would fit the mosaic much better when turned or mirrored.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        grid: Its grid.
        craters: The catalogue.

    Returns:
        No sentence where craters lie on rims, or where rims are too faint to tell; and what was
        measured, None if there are too few craters of the right size.
    """
    measured = rim_agreement(raster, grid, craters)
    if measured is None or not measured.fits_better_elsewhere:
        return [], measured
    sentence = (
        f"the mosaic shows no rims where the catalogue places {measured.craters} craters (edges of "
        f"{measured.here:.1f} standard deviations), but it would if {measured.words} "
        f"({measured.elsewhere:.1f}); check CRS and central meridian of the mosaic, and CRS and "
        "west_positive of the craters"
    )
    return [sentence], measured
