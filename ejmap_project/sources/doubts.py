"""Doubts about mosaic and catalogue as a whole, before anything is computed from them."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.mosaic_sanity import oddities
from ejmap_geo.rasters.rim_agreement import RimAgreement, rim_agreement
from ejmap_ml.config.bands import MERCURY_ENHANCED, RGB, Bands, names_of
from ejmap_project.errors import SourceError

# Correlation below which bands count as opposed: red and blue of Mars are nearly independent.
# Bands that are only named may be ratios.
OPPOSED, OPPOSED_NAMED = -0.3, -0.8
THINNED, FEWEST_PX = 7, 100


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


def colour_doubts(raster: NDArray[np.uint8], bands: Bands) -> list[str]:
    """Return a sentence for each pair of bands of light that run against each other.

    Where one of them is inverted, so is part of the grey that is made of them. Principal components
    and ratios are no light: those of enhanced colour may run as they like.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        bands: What its bands mean; other meanings than red, green, blue may run as they like.
    """
    names = names_of(bands)
    if bands == MERCURY_ENHANCED or len(raster) != len(names):
        return []
    opposed = OPPOSED if bands == RGB else OPPOSED_NAMED
    seen = raster[:, raster.all(axis=0)][:, ::THINNED]
    if seen.shape[1] < FEWEST_PX or (seen.min(axis=1) == seen.max(axis=1)).any():
        return []
    alike = np.asarray(np.corrcoef(seen), dtype=np.float64).reshape(len(seen), len(seen))
    return [
        f"{names[one]} and {names[other]} of the mosaic run against each other (correlation "
        f"{alike[one, other]:.2f}), which they do on no photograph of a planet; check whether one "
        "of them is inverted, or state other bands"
        for one, other in combinations(range(len(names)), 2)
        if alike[one, other] < opposed
    ]


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
