"""The impacts of a planet: where fresh craters lie, how large and how old they are."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.synthetic.deposit import Deposit, Style, draw_deposit, draw_style
from ejmap_geo.synthetic.directions import place_from

_CLUSTERED_SHARE = 0.55
_PLACEMENT_TRIES = 200
_GIANT_RADIUS_M = (45_000.0, 60_000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One impact with its ejecta.

    Attributes:
        center: Where it struck.
        radius_m: Rim radius in metres.
        brightness: How much of the fresh brightness is left, 0 to 1.
        colour: How much of the fresh colour is left, 0 to 1; it fades earlier than brightness.
        cavity: Brightness and colour inside the rim relative to fresh ejecta, 0 to 1.
        deposit: Shape of its ejecta.
    """

    center: LonLat
    radius_m: float
    brightness: float
    colour: float
    cavity: float
    deposit: Deposit

    @property
    def place(self) -> tuple[float, float, float]:
        """Sine and cosine of the latitude of the centre, and its longitude in radians."""
        lat = math.radians(self.center.lat_deg)
        return math.sin(lat), math.cos(lat), math.radians(self.center.lon_deg)


@dataclass(frozen=True, slots=True)
class Giants:
    """Impacts whose rays run up to 80 crater radii.

    Attributes:
        count: How many there are.
        ray_width: Factor on the width of their rays; 1 is easy to see, thin rays are hard.
    """

    count: int
    ray_width: float = 1.0


def draw_impacts(
    body: Body,
    *,
    count: int,
    giants: Giants,
    radius_m: tuple[float, float],
    brightness: tuple[float, float],
    rng: np.random.Generator,
) -> list[Impact]:
    """Draw impacts with sizes spread evenly in log radius, the ``giants`` first.

    Sizes and ages are stratified, so that every planet has its share of each.
    """
    log_low, log_high = math.log(radius_m[0]), math.log(radius_m[1])
    radii_m = np.exp(log_low + (log_high - log_low) * _stratified(count, rng=rng))
    radii_m[: giants.count] = rng.uniform(*_GIANT_RADIUS_M, giants.count)
    kept = brightness[0] + (brightness[1] - brightness[0]) * _stratified(count, rng=rng)
    centers = _centers(body, radii_m, rng=rng)
    return [
        _impact(
            body,
            center=center,
            radius_m=float(radii_m[k]),
            brightness=float(max(kept[k], 0.8) if k < giants.count else kept[k]),
            giant_ray_width=giants.ray_width if k < giants.count else None,
            rng=rng,
        )
        for k, center in enumerate(centers)
    ]


def _stratified(count: int, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return ``count`` numbers in [0, 1), one in each of ``count`` equal bins, shuffled."""
    return rng.permutation((np.arange(count) + rng.random(count)) / max(count, 1))


def _centers(body: Body, radii_m: NDArray[np.float64], *, rng: np.random.Generator) -> list[LonLat]:
    """Place craters, a share of them so close to an earlier one that their ejecta overlap."""
    centers: list[LonLat] = []
    alone = math.ceil(len(radii_m) * (1 - _CLUSTERED_SHARE))
    point = LonLat(0.0, 0.0)
    for k, radius_m in enumerate(radii_m):
        joins = k >= alone
        # Craters that overlap would erase each other; on a crowded planet the last try stands.
        for _ in range(_PLACEMENT_TRIES):
            point = _near(body, centers[:alone], radii_m, rng=rng) if joins else _anywhere(rng=rng)
            if _is_clear(body, point, centers, 2.2 * (radius_m + radii_m)):
                break
        centers.append(point)
    return centers


def _is_clear(
    body: Body, point: LonLat, centers: list[LonLat], spacing_m: NDArray[np.float64]
) -> bool:
    distances_m = (_distance_m(body, point, other) for other in centers)
    return all(d > s for d, s in zip(distances_m, spacing_m, strict=False))


def _anywhere(*, rng: np.random.Generator) -> LonLat:
    lat = math.degrees(math.asin(rng.uniform(-1, 1)))
    return LonLat(float(rng.uniform(-180, 180)), lat)


def _near(
    body: Body, centers: list[LonLat], radii_m: NDArray[np.float64], *, rng: np.random.Generator
) -> LonLat:
    """Return a point 7.5 to 17 radii from one of ``centers``."""
    k = int(rng.integers(len(centers)))
    distance_rad = rng.uniform(7.5, 17.0) * radii_m[k] / body.radius_m
    return place_from(centers[k], distance_rad, rng.uniform(0, 2 * math.pi))


def _distance_m(body: Body, a: LonLat, b: LonLat) -> float:
    lat_a, lat_b = math.radians(a.lat_deg), math.radians(b.lat_deg)
    cosine = math.sin(lat_a) * math.sin(lat_b)
    cosine += math.cos(lat_a) * math.cos(lat_b) * math.cos(math.radians(a.lon_deg - b.lon_deg))
    return body.radius_m * math.acos(max(-1.0, min(1.0, cosine)))


def _impact(
    body: Body,
    *,
    center: LonLat,
    radius_m: float,
    brightness: float,
    giant_ray_width: float | None,
    rng: np.random.Generator,
) -> Impact:
    is_giant = giant_ray_width is not None
    style = Style.GIANT if is_giant else draw_style(rng, giants=False)
    return Impact(
        center=center,
        radius_m=radius_m,
        brightness=brightness,
        colour=brightness**1.7,
        cavity=float(rng.uniform(0.3, 1.0)),
        deposit=draw_deposit(
            rng, radius_rad=radius_m / body.radius_m, style=style, ray_width=giant_ray_width
        ),
    )
