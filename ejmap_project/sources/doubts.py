"""Doubts about mosaic and catalogue as a whole, before anything is computed from them."""

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.mosaic_sanity import oddities
from ejmap_geo.scores.rim_agreement import RimAgreement, rim_agreement
from ejmap_ml.config.bands import MERCURY_ENHANCED, RGB, Bands, grey_weights, names_of
from ejmap_project.errors import SourceError

# Correlation below which bands count as opposed: red and blue of Mars are nearly independent.
# Bands that are only named may be ratios.
OPPOSED, OPPOSED_NAMED = -0.3, -0.8
THINNED, FEWEST_PX = 7, 100
# What can be right or wrong of a catalogue on a mosaic.
PLACES, RADII, SIGN = "the places of the craters", "their radii", "light and dark"
INVERTED = (
    "the mosaic is darker about the craters than farther out ({:.1f} standard deviations), as a "
    "negative is; check it, and turn its grey round if it is (gdal_translate -scale 1 255 255 1)"
)


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


class PlaceFinding(NamedTuple):
    """What a mosaic shows of the places, radii and brightness of a catalogue.

    Attributes:
        doubts: A sentence for each thing that looks wrong.
        undecided: What could not be decided and what a person should look at; empty if all was.
        measured: The measurement; None if no crater could be measured.
    """

    doubts: list[str]
    undecided: str
    measured: RimAgreement | None

    @property
    def is_in_place(self) -> bool:
        """Whether the craters lie where the mosaic shows craters."""
        return self.measured is not None and self.measured.is_in_place


def place_finding(
    raster: NDArray[np.uint8], grid: BasemapGrid, craters: Iterable[Crater], bands: Bands
) -> PlaceFinding:
    """Compare a catalogue with a mosaic: places, radii, and whether fresh ejecta are bright.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        grid: Its grid.
        craters: The catalogue.
        bands: What its bands mean.
    """
    weights = grey_weights(bands)
    if len(weights) != len(raster):
        weights = (1 / len(raster),) * len(raster)
    measured = rim_agreement(raster, grid, craters, weights=weights)
    if measured is None:
        open_ones, found = [PLACES, RADII, SIGN], "no crater is large enough, or imaged"
        return PlaceFinding([], _undecided(open_ones, found), None)
    doubts = [
        *([_misplaced(measured)] if measured.better_way else []),
        *([_missized(measured)] if measured.wrong_size else []),
        *([INVERTED.format(measured.brightness)] if measured.is_inverted else []),
    ]
    is_told = {
        PLACES: measured.is_in_place or measured.is_inverted or measured.better_way,
        RADII: measured.is_right_size or measured.wrong_size or measured.better_way,
        SIGN: measured.is_bright or measured.is_inverted or measured.better_way,
    }
    open_ones = [what for what, told in is_told.items() if not told]
    found = f"measured at {measured.craters} crater(s)"
    return PlaceFinding(doubts, _undecided(open_ones, found) if open_ones else "", measured)


def _misplaced(measured: RimAgreement) -> str:
    return (
        f"the mosaic shows no rims where the catalogue places {measured.craters} craters, but it "
        f"would if {measured.better_way}; check CRS and central meridian of the mosaic, and CRS "
        f"and direction of longitudes of the craters ({statements.WEST_POSITIVE})"
    )


def _missized(measured: RimAgreement) -> str:
    size, factor = ("half", "NAME*0.5") if measured.wrong_size == "twice" else ("twice", "NAME*2")
    return (
        f"rims lie at {size} the radii that the catalogue gives of {measured.craters} craters; "
        f"check whether these are radii ({statements.column('radius_m', factor)})"
    )


def _undecided(open_ones: list[str], found: str) -> str:
    """Return what could not be decided, and what a person should look at."""
    what = " and ".join([", ".join(open_ones[:-1]), open_ones[-1]] if open_ones[1:] else open_ones)
    return (
        f"could not decide from the mosaic whether {what} are right ({found}); look at the "
        "pictures of azimuthal_mosaic (`ejmap ui` after `ejmap run`): rim circles should lie on "
        "rims, and fresh ejecta be bright"
    )
