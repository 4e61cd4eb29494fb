"""Planetary bodies, modelled as spheres: a row of :data:`BODIES` each."""

import math
from dataclasses import dataclass, replace

from ejmap_geo.errors import BodyError

# A radius that differs more from that of the body is in another unit, or of another body.
FARTHEST_RADIUS = 0.2
# Smaller departures from the sphere are not mentioned.
ROUND_WITHIN = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A planet or moon on its reference sphere.

    Attributes:
        name: Name as the IAU writes it.
        radius_m: Radius of the reference sphere in metres.
        authority: CRS code of planetocentric longitude and latitude on this very sphere, such
            as ``"ESRI:104974"``, or None when no registry lists it.
        cylindrical: CRS code of simple cylindrical on this very sphere, or None.
        iau_code: Number of the body's longitude and latitude in the registry ``IAU_2015``, whose
            sphere may be another one; ten more is simple cylindrical. None if it is not listed.
        gravity_m_s2: Gravity at the surface, GM / R^2, in metres per second squared; None if it is
            not known. Launch speeds of ejecta follow from it.
        apex_lon_deg: Longitude of the apex of motion of a moon that always shows its planet one
            side; None for other bodies.
        hot_pole_lon_deg: Longitude of a hot pole; None for bodies without.
        axes_km: Semi-axes of a body that is no sphere; None where the sphere holds within a
            hundredth.
    """

    name: str
    radius_m: float
    authority: str | None = None
    cylindrical: str | None = None
    iau_code: int | None = None
    gravity_m_s2: float | None = None
    apex_lon_deg: float | None = None
    hot_pole_lon_deg: float | None = None
    axes_km: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.radius_m) and self.radius_m > 0):
            raise BodyError(f"radius of {self.name} must be positive metres, got {self.radius_m}")

    @property
    def half_circumference_m(self) -> float:
        """Distance from any point to its antipode along a great circle, in metres."""
        return math.pi * self.radius_m

    @property
    def doubt(self) -> str:
        """What is to be known of a body that is no sphere, as a sentence; empty of others."""
        if self.axes_km is None:
            return ""
        radius_km = self.radius_m / 1000
        off = max(abs(axis / radius_km - 1) for axis in self.axes_km)
        if off < ROUND_WITHIN:
            return ""
        axes = " x ".join(f"{axis:g}" for axis in self.axes_km)
        return (
            f"{self.name} is an ellipsoid of {axes} km (semi-axes), mapped on a sphere of "
            f"{radius_km:g} km: distances are wrong by up to {off:.0%}"
        )

    @property
    def stated(self) -> str:
        """What :func:`body_named` takes for it: its name, and another radius than usual."""
        usual = BODIES.get(self.name.lower())
        is_usual = usual is not None and usual.radius_m == self.radius_m
        return self.name if is_usual else f"{self.name}:{self.radius_m / 1000:.10g}"

    def on_sphere(self, radius_km: float) -> "Body":
        """Return the body on another sphere, which has no code in a registry.

        Raises:
            BodyError: If the radius differs by more than a fifth.
        """
        radius_m = radius_km * 1000
        if math.isclose(radius_m, self.radius_m):
            return self
        if not abs(radius_m / self.radius_m - 1) <= FARTHEST_RADIUS:
            raise BodyError(
                f"the radius of {self.name} is {self.radius_m / 1000:g} km, got {radius_km:g} km; "
                "state it in kilometres, or name the right body"
            )
        gravity = self.gravity_m_s2
        scaled = None if gravity is None else gravity * (self.radius_m / radius_m) ** 2
        return replace(
            self, radius_m=radius_m, authority=None, cylindrical=None, gravity_m_s2=scaled
        )


def _iau(
    name: str,
    code: int,
    radius_m: float,
    gravity_m_s2: float,
    *,
    apex_lon_deg: float | None = None,
    axes_km: tuple[float, float, float] | None = None,
) -> Body:
    """Return a body on the very sphere that the registry ``IAU_2015`` has of it."""
    return Body(
        name=name,
        radius_m=radius_m,
        authority=f"IAU_2015:{code}",
        cylindrical=f"IAU_2015:{code + 10}",
        iau_code=code,
        gravity_m_s2=gravity_m_s2,
        apex_lon_deg=apex_lon_deg,
        axes_km=axes_km,
    )


# Radii, axes and longitudes follow the IAU's working group of 2015 (Archinal et al. 2018,
# doi:10.1007/s10569-017-9805-5), gravity the GM of NAIF's kernel gm_de440. Where the mosaics that
# people work with lie on another sphere than IAU_2015, the row has theirs.
#
# The published mosaics and tables of Mercury are on this sphere. IAU_2015:19900 is R = 2 440 530 m:
# relabelling one as the other moves the antimeridian by 3.55 km (ADR 1).
MERCURY = Body(
    name="Mercury",
    radius_m=2_439_400.0,
    authority="ESRI:104974",
    iau_code=19900,
    gravity_m_s2=3.702,
    hot_pole_lon_deg=0.0,
)
MOON = _iau("Moon", 30100, 1_737_400.0, 1.624, apex_lon_deg=-90.0)
# The mosaics of Dawn: IAU_2015 takes the equatorial radius of Ceres, 487.3 km.
CERES = Body(
    name="Ceres",
    radius_m=470_000.0,
    authority="ESRI:104972",
    iau_code=200_000_100,
    gravity_m_s2=0.2835,
    axes_km=(487.3, 487.3, 446.0),
)
BODIES = {
    body.name.lower(): body
    for body in (
        MERCURY,
        MOON,
        _iau("Mars", 49900, 3_396_190.0, 3.713),
        CERES,
        _iau("Vesta", 200_000_400, 255_000.0, 0.2659, axes_km=(289.0, 280.0, 229.0)),
        _iau("Ganymede", 50300, 2_631_200.0, 1.428, apex_lon_deg=-90.0),
        _iau("Callisto", 50400, 2_410_300.0, 1.236, apex_lon_deg=-90.0),
        _iau("Europa", 50200, 1_560_800.0, 1.315, apex_lon_deg=-90.0),
        _iau("Dione", 60400, 561_400.0, 0.2320, apex_lon_deg=-90.0),
        _iau("Rhea", 60500, 763_500.0, 0.2641, apex_lon_deg=-90.0),
    )
}


def known_bodies() -> str:
    """Return the names of all known bodies, for messages."""
    return ", ".join(body.name for body in BODIES.values())


def body_named(name: str) -> Body:
    """Return the known body called ``name``, ignoring case.

    Args:
        name: Its name, or ``NAME:KM`` for one on a sphere of another radius in kilometres.

    Raises:
        BodyError: If no such body is known, or the radius is far from its own.
    """
    plain, colon, radius = name.partition(":")
    try:
        body = BODIES[plain.strip().lower()]
    except KeyError:
        raise BodyError(f"unknown body {plain!r}; known bodies are {known_bodies()}") from None
    if not colon:
        return body
    try:
        radius_km = float(radius)
    except ValueError:
        raise BodyError(
            f"the radius of {body.name} must be a number of kilometres, got {radius!r}; state the "
            f"body as {body.name}:{body.radius_m / 1000:g}"
        ) from None
    return body.on_sphere(radius_km)
