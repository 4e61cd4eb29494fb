"""Launch speeds: how fast ejecta left a crater to land at a distance on a sphere without air."""

import math

from ejmap_geo.grids.body import Body

LAUNCH_DEG = 45.0


def launch_speed_m_s(body: Body, distance_m: float, *, launch_deg: float = LAUNCH_DEG) -> float:
    """Return the speed at which a ballistic fragment lands at a great-circle distance.

    v^2 = g R z / (sin a cos a + z cos^2 a) with z = tan(d / 2R), a being the launch angle above the
    horizon: the part of a Kepler ellipse about the planet's centre that lies above the ground. The
    same is used for the rays of Hokusai in Nat. Commun. 14:1173, 2023.

    Args:
        body: The planet.
        distance_m: Distance along the surface, short of the antipode.
        launch_deg: Launch angle above the horizon.

    Returns:
        Metres a second; NaN if the gravity of the body is not known or nothing flies so far at that
        angle.
    """
    if body.gravity_m_s2 is None or not 0 <= distance_m < body.half_circumference_m:
        return math.nan
    z = math.tan(distance_m / (2 * body.radius_m))
    sin_a, cos_a = math.sin(math.radians(launch_deg)), math.cos(math.radians(launch_deg))
    square = body.gravity_m_s2 * body.radius_m * z / (sin_a * cos_a + z * cos_a**2)
    return math.sqrt(square)
