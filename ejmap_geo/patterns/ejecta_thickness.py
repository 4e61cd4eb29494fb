"""Thickness and volume of ejecta by published laws: powers of the distance from a crater.

The constants are as others cite them; they were not compared with the papers.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ejmap_geo.grids.body import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class ThicknessLaw:
    """Thickness T(r) = T0 (r / R)^-n of ejecta beyond the rim.

    Attributes:
        reference: Where it was published.
        formula: T0 and n in words of the field.
        rim_m: T0 in metres, the thickness at the rim, from the rim radius R in metres.
        power: n, above 2.
    """

    reference: str
    formula: str
    rim_m: Callable[[float], float]
    power: float

    def thickness_m(self, distance_m: float, *, radius_m: float) -> float:
        """Return the thickness at a distance beyond the rim."""
        return self.rim_m(radius_m) * (distance_m / radius_m) ** -self.power

    def volume_m3(self, *, radius_m: float, to_m: float = math.inf) -> float:
        """Return the volume between the rim and a distance, on a plane.

        The integral of 2 pi r T(r): 2 pi R^2 T0 / (n - 2) times 1 - (r / R)^(2 - n).
        """
        left = (to_m / radius_m) ** (2 - self.power) if math.isfinite(to_m) else 0.0
        whole_m3 = 2 * math.pi * radius_m**2 * self.rim_m(radius_m) / (self.power - 2)
        return whole_m3 * (1 - left)


LAWS: Mapping[str, ThicknessLaw] = {
    "mcgetchin": ThicknessLaw(
        reference="McGetchin et al. 1973",
        formula="0.14 R^0.74 (r/R)^-3",
        rim_m=lambda radius_m: 0.14 * radius_m**0.74,
        power=3.0,
    ),
    "pike": ThicknessLaw(
        reference="Pike 1974",
        formula="0.033 R (r/R)^-3",
        rim_m=lambda radius_m: 0.033 * radius_m,
        power=3.0,
    ),
    "housen": ThicknessLaw(
        reference="Housen et al. 1983",
        formula="0.0078 R (r/R)^-2.61",
        rim_m=lambda radius_m: 0.0078 * radius_m,
        power=2.61,
    ),
}
# Share of the lunar distance at which continuous ejecta end on other bodies (Gault et al. 1975).
_OF_LUNAR_RANGE = {"Moon": 1.0, "Mercury": 0.65}


def continuous_ejecta_m(body: Body, *, radius_m: float) -> float:
    """Return where continuous ejecta end: 2.348 R^1.006 km on the Moon (Moore et al. 1974).

    0.65 of that on Mercury, whose gravity shortens the flight. NaN on other bodies.
    """
    share = _OF_LUNAR_RANGE.get(body.name, math.nan)
    return 1000 * share * 2.348 * (radius_m / 1000) ** 1.006
