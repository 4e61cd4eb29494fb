"""Planetary bodies, modelled as spheres."""

import math
from dataclasses import dataclass

from ejmap_geo.errors import BodyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A spherical planet or moon.

    Attributes:
        name: Name as the IAU writes it.
        radius_m: Radius of the reference sphere in metres.
        authority: CRS code of planetocentric longitude and latitude on this very sphere, such
            as ``"ESRI:104974"``, or None when no registry lists it.
        cylindrical: CRS code of simple cylindrical on this very sphere, or None.
        gravity_m_s2: Gravity at the surface, GM / R^2, in metres per second squared; None if it is
            not known. Launch speeds of ejecta follow from it.
    """

    name: str
    radius_m: float
    authority: str | None = None
    cylindrical: str | None = None
    gravity_m_s2: float | None = None
    apex_lon_deg: float | None = None
    hot_pole_lon_deg: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.radius_m) and self.radius_m > 0):
            raise BodyError(f"radius of {self.name} must be positive metres, got {self.radius_m}")

    @property
    def half_circumference_m(self) -> float:
        """Distance from any point to its antipode along a great circle, in metres."""
        return math.pi * self.radius_m


# The published mosaics and tables are on this sphere. IAU_2015:19900 is R = 2 440 530 m:
# relabelling one as the other moves the antimeridian by 3.55 km (ADR 1).
MERCURY = Body(
    name="Mercury",
    radius_m=2_439_400.0,
    authority="ESRI:104974",
    gravity_m_s2=3.702,
    hot_pole_lon_deg=0.0,
)
MOON = Body(
    name="Moon",
    radius_m=1_737_400.0,
    authority="IAU_2015:30100",
    cylindrical="IAU_2015:30110",
    gravity_m_s2=1.624,
    apex_lon_deg=-90.0,
)

BODIES = {body.name.lower(): body for body in (MERCURY, MOON)}


def body_named(name: str) -> Body:
    """Return the known body called ``name``, ignoring case.

    Raises:
        BodyError: If no such body is known.
    """
    try:
        return BODIES[name.lower()]
    except KeyError:
        known = ", ".join(sorted(body.name for body in BODIES.values()))
        raise BodyError(f"unknown body {name!r}; known bodies are {known}") from None
