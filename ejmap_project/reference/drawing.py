"""A drawing: the rays, the blanket and the empty boxes that one person saw around a crater.

Positions are seen from the crater's centre: ranges in degrees of arc along great circles, azimuths
in degrees clockwise from north.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Ray:
    """A straight piece of a bright ray: a great-circle arc.

    Attributes:
        azimuth_deg: Azimuth of its near and its far end.
        range_deg: Range of its near and its far end.
        half_width_deg: Half of its visible width, degrees of arc.
        confidence: 3 everybody sees it, 2 probable, 1 faint or perhaps another crater's.
    """

    azimuth_deg: tuple[float, float]
    range_deg: tuple[float, float]
    half_width_deg: float
    confidence: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blanket:
    """The continuous bright ejecta around the rim.

    Attributes:
        azimuth_deg: Where its edges were drawn, rising in [0, 360), ``(row,)``.
        inner_deg: Range of its inner edge there, ``(row,)``.
        outer_deg: Range of its outer edge there; equal to the inner one where there is no blanket,
            ``(row,)``.
    """

    azimuth_deg: NDArray[np.float64]
    inner_deg: NDArray[np.float64]
    outer_deg: NDArray[np.float64]

    def edges_deg(
        self, azimuth_deg: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return ranges of the inner and outer edge, linear in azimuth between drawn rows."""
        inner, outer = (
            np.interp(azimuth_deg, self.azimuth_deg, edge, period=360)
            for edge in (self.inner_deg, self.outer_deg)
        )
        return inner, outer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearBox:
    """A place where surely no ejecta of the crater lie.

    Attributes:
        azimuth_deg: First and last azimuth, clockwise; the last may exceed 360.
        range_deg: Nearest and farthest range.
    """

    azimuth_deg: tuple[float, float]
    range_deg: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawing:
    """What one person drew around a crater.

    Attributes:
        body: Name of the planet.
        crater: Name of the crater.
        drawer: Who drew it.
        rays: Its rays, in pieces.
        blanket: Its blanket; None where the drawer saw none.
        clear: Boxes without its ejecta.
    """

    body: str
    crater: str
    drawer: str
    rays: tuple[Ray, ...] = ()
    blanket: Blanket | None = None
    clear: tuple[ClearBox, ...] = ()

    @property
    def reach_deg(self) -> float:
        """Range of the farthest drawn ray or blanket; 0 where there is neither."""
        ends = [end for ray in self.rays for end in ray.range_deg]
        edges = [] if self.blanket is None else self.blanket.outer_deg.tolist()
        return max([*ends, *edges], default=0.0)
