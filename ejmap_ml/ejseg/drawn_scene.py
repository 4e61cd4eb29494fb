"""A crater's surroundings and the ejecta drawn there, before anything is said of how they look."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.synthetic.deposit import Deposit, draw_deposit
from ejmap_geo.synthetic.ejecta import polar_intensity
from ejmap_geo.synthetic.polar_places import seen_places, seen_width_radii

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The surroundings of a place without the ejecta of the crater that will be drawn there.

    Attributes:
        layers: ``(6, rows, cols)``: albedo, plains, shade, light of other craters' ejecta, light of
            spots, seams, as ``ejmap_geo.synthetic.planet`` makes them; or ``(1, rows, cols)`` grey
            levels of a real mosaic.
        polar: Grid of the layers.
        basemap: Grid of the mosaic they were taken from.
    """

    layers: Floats
    polar: PolarGrid
    basemap: BasemapGrid

    @property
    def is_real(self) -> bool:
        """Whether it is a real mosaic."""
        return len(self.layers) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A background with a crater: what lies there, before anything is said of how it looks.

    Attributes:
        background: The surroundings.
        deposit: Shape of the ejecta.
        range_radii: Range of what each cell shows, ``(rows, cols)``.
        azimuth_rad: Its azimuth.
        fresh: How much fresh material covers it, 0 to 1; 1 inside the rim only.
    """

    background: Background
    deposit: Deposit
    range_radii: NDArray[np.float64]
    azimuth_rad: NDArray[np.float64]
    fresh: Floats


def draw_scene(background: Background, rng: np.random.Generator) -> Scene:
    """Throw ejecta of random shape on a background."""
    polar, basemap = background.polar, background.basemap
    deposit = draw_deposit(rng, radius_rad=polar.radius_m / polar.body.radius_m)
    range_radii, azimuth_rad = seen_places(polar, basemap)
    fresh = polar_intensity(range_radii, azimuth_rad, seen_width_radii(polar, basemap), deposit)
    return Scene(
        background=background,
        deposit=deposit,
        range_radii=range_radii,
        azimuth_rad=azimuth_rad,
        fresh=fresh,
    )
