"""The shape of an ejecta deposit, and how shapes as varied as real ones are drawn at random."""

import math
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Columns of ``Deposit.rays`` and of ``Deposit.specks``.
RAY_COLUMNS, SPECK_COLUMNS = 8, 5
# Specks end this many half-widths from their middle.
SPECK_EDGE = 2.0
# Lobes carry blanket and streaks beyond their mean reach, at most by this factor.
SPREAD = 1.7
# No ray is longer, and polar views end there.
LONGEST_RAY_RADII = 80.0
# A halo fainter than this share of full light is none.
FAINTEST_HALO = 0.004

_OBLIQUE_SHARE, _COLLARED_SHARE, _BENT_SHARE, _FANNED_SHARE = 0.28, 0.55, 0.55, 0.35


class Style(Enum):
    """What catches the eye first."""

    RAYED = auto()
    GIANT = auto()
    BLANKET = auto()
    STREAKED = auto()
    HALO = auto()


# How often each is drawn.
STYLE_SHARES = {
    Style.RAYED: 0.32,
    Style.GIANT: 0.35,
    Style.BLANKET: 0.09,
    Style.STREAKED: 0.11,
    Style.HALO: 0.13,
}


class Deposit(NamedTuple):
    """The shape of an ejecta deposit around its crater; lengths are in crater radii.

    Attributes:
        radius_rad: Rim radius as an angle seen from the planet's centre.
        blanket_radii: Mean outer edge of the continuous blanket.
        blanket_light: Light of the blanket at the rim, 0 to 1.
        softness: Share of the blanket over which its outer edge fades.
        decline: Share of its light that the blanket loses from the rim to its edge.
        unevenness: Contrast of the grain of the blanket; 1 is strong.
        lobing: Relative amplitude of the lobes of the blanket's edge.
        collar_radii: Outer edge of a collar of impact melt without fresh light; 0 for none.
        collar_depth: Share of the light that the collar lacks.
        streak_radii: How far the fine streaks around the blanket reach.
        streak_strength: Light of the streaks, 0 to 1.
        streak_grain: Streaks are about this many times finer than the crater's circumference.
        shadow_rad: Azimuth of the middle of the zone of avoidance.
        shadow_half_rad: Half the width of that zone; 0 for a steep impact.
        shadow_softness: Relative width of the zone's edges.
        shadow_rim: Light that is left in the zone next to the rim, 0 to 1.
        halo: Light of a diffuse halo at the rim, 0 to 1.
        halo_power: The halo falls as range to the power of minus this.
        ray_fade: Share of its light that a ray loses from begin to end.
        ray_cover: How much of a ray is unbroken: 0 as usual, higher has fewer gaps.
        rays: ``(n, 8)``: azimuth in radians, half-width, start, end, strength 0 to 1; how far the
            ray passes beside the centre; how far its end is bent aside; softness of its edges.
        specks: ``(m, 5)``: azimuth in radians, range, radial and lateral half-width, strength.
        seed: Seed of lobes, gaps and ragged edges.
    """

    radius_rad: float
    blanket_radii: float
    blanket_light: float
    softness: float
    decline: float
    unevenness: float
    lobing: float
    collar_radii: float
    collar_depth: float
    streak_radii: float
    streak_strength: float
    streak_grain: float
    shadow_rad: float
    shadow_half_rad: float
    shadow_softness: float
    shadow_rim: float
    halo: float
    halo_power: float
    ray_fade: float
    ray_cover: float
    rays: NDArray[np.float64]
    specks: NDArray[np.float64]
    seed: int


def reach_radii(deposit: Deposit) -> float:
    """Return the range, in crater radii, beyond which nothing lies."""
    near = SPREAD * max(deposit.blanket_radii, deposit.streak_radii)
    halo = (max(deposit.halo, FAINTEST_HALO) / FAINTEST_HALO) ** (1 / max(deposit.halo_power, 0.1))
    specks = np.max(deposit.specks[:, 1] + SPECK_EDGE * deposit.specks[:, 2], initial=0.0)
    rays = np.max(deposit.rays[:, 3], initial=0.0)
    return float(min(max(near, halo if deposit.halo > 0 else 0.0, rays, specks), LONGEST_RAY_RADII))


def draw_style(rng: np.random.Generator, *, giants: bool = True) -> Style:
    """Draw a style by its share, giants among them or not."""
    styles = [one for one in Style if giants or one is not Style.GIANT]
    shares = np.array([STYLE_SHARES[one] for one in styles])
    return styles[int(rng.choice(len(styles), p=shares / shares.sum()))]


def draw_deposit(
    rng: np.random.Generator,
    *,
    radius_rad: float,
    style: Style | None = None,
    ray_width: float | None = None,
) -> Deposit:
    """Draw the shape of a deposit.

    What varies, and how much, follows what real craters of Mercury and the Moon show: dark collars
    with the brightest ring at two to four radii, even and diffuse blankets, zones of avoidance with
    soft edges, rays that bend, pass beside the centre, begin far out, or open into wide soft fans.

    Args:
        rng: Source of all chance.
        radius_rad: Rim radius as an angle.
        style: What catches the eye first; None draws one by its share.
        ray_width: Factor on the width of rays; None draws one between 0.5 and 2.2.
    """
    style = draw_style(rng) if style is None else style
    # Around some giants a field of fine streaks outshines the blanket and reaches far.
    is_wide = style is Style.GIANT and rng.random() < 0.5
    blanket = log_uniform(rng, 1.5, 6.0)
    shadow_rad, shadow_half_rad = _draw_shadow(rng)
    # A wedge without light down to a bright rim is a zone of avoidance; a collar goes all round.
    is_collared = not shadow_half_rad and blanket > 1.9 and rng.random() < _COLLARED_SHARE
    rays = _draw_rays(
        rng,
        blanket,
        style=style,
        width=log_uniform(rng, 0.5, 2.2) if ray_width is None else ray_width,
        longest_radii=min(LONGEST_RAY_RADII, 0.97 * math.pi / radius_rad),
    )
    rays = _lit(rays, shadow_rad, shadow_half_rad * rng.uniform(0.85, 1.05))
    beyond = {Style.BLANKET: (0.0, 2.0)}.get(style, (4.0, 25.0) if is_wide else (0.5, 8.0))
    return Deposit(
        radius_rad=radius_rad,
        blanket_radii=blanket,
        blanket_light=rng.uniform(0.3 if is_wide else 0.6, 1.0),
        softness=rng.uniform(0.15, 0.75),
        decline=rng.uniform(0.0, 0.6),
        unevenness=log_uniform(rng, 0.15, 1.2),
        lobing=rng.uniform(0.04, 0.26),
        collar_radii=rng.uniform(1.2, min(3.0, 0.75 * blanket)) if is_collared else 0.0,
        collar_depth=rng.uniform(0.4, 1.0),
        streak_radii=blanket + rng.uniform(*beyond),
        streak_strength=rng.uniform(0.2, 0.7),
        streak_grain=log_uniform(rng, 6.0, 28.0 if is_wide else 16.0),
        shadow_rad=shadow_rad,
        shadow_half_rad=shadow_half_rad,
        shadow_softness=rng.uniform(0.05, 0.45),
        shadow_rim=float(rng.random() < 0.5),
        halo=rng.uniform(0.2, 0.6) if style is Style.HALO else 0.0,
        halo_power=rng.uniform(0.7, 1.8),
        ray_fade=rng.uniform(0.1, 0.6),
        ray_cover=rng.normal(0.1, 0.3),
        rays=rays,
        specks=_draw_specks(rng, rays),
        seed=int(rng.integers(1 << 30)),
    )


def _lit(rays: NDArray[np.float64], shadow_rad: float, half_rad: float) -> NDArray[np.float64]:
    """Return the rays outside of a zone of avoidance."""
    away = np.abs((rays[:, 0] - shadow_rad + math.pi) % (2 * math.pi) - math.pi)
    return rays[away >= half_rad]


def _draw_shadow(rng: np.random.Generator) -> tuple[float, float]:
    """Return the middle and the half width of a zone of avoidance; the width is mostly 0."""
    is_oblique = rng.random() < _OBLIQUE_SHARE
    half_rad = float(rng.uniform(0.4, 1.7)) if is_oblique else 0.0
    return float(rng.uniform(-math.pi, math.pi)), half_rad


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number between two positive ones whose logarithm is evenly distributed."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _draw_rays(
    rng: np.random.Generator,
    blanket_radii: float,
    *,
    style: Style,
    width: float,
    longest_radii: float,
) -> NDArray[np.float64]:
    """Draw rays, ``(n, 8)`` as in :class:`Deposit`; most are short and thin, few are long."""
    is_giant = style is Style.GIANT
    fewest, most = {Style.BLANKET: (0, 6), Style.GIANT: (14, 45)}.get(style, (6, 40))
    count = int(rng.integers(fewest, most))
    azimuth = _draw_azimuths(rng, count)
    start = blanket_radii * rng.uniform(0.5, 1.2, count)
    end = start + 3.0 + rng.gamma(2.0, 6.5, count) * log_uniform(rng, 0.5, 1.6)
    if is_giant:
        far = rng.random(count) < 0.5
        end[far] = rng.uniform(25.0, LONGEST_RAY_RADII, far.sum())
    # Pieces that are seen far out only.
    detached = rng.random(count) < (0.35 if is_giant else 0.12)
    start = np.where(detached, np.minimum(rng.uniform(4.0, 40.0, count), 0.75 * end), start)
    end = np.minimum(end, longest_radii)
    start = np.minimum(start, 0.8 * end)
    half_width = width * rng.uniform(0.12, 0.40, count) * rng.lognormal(0.0, 0.35, count)
    half_width *= log_uniform(rng, 0.25, 0.9) if is_giant else 1.0
    half_width *= 0.8 + 0.6 * np.minimum(end, 40.0) / 15
    softness = rng.uniform(0.28, 0.7, count)
    is_fan = (rng.random(count) < 0.05) & (end < 30.0)
    fan_width = rng.uniform(0.05, 0.12, count) * end
    half_width = np.where(is_fan, np.maximum(half_width, fan_width), half_width)
    softness = np.where(is_fan, 0.89, softness)
    strength = rng.uniform(0.25, 0.95, count) * np.where(is_fan, 0.6, 1.0)
    beside = bent = np.zeros(count)
    if rng.random() < _BENT_SHARE:
        beside = rng.normal(0.0, log_uniform(rng, 0.1, 1.5), count)
        bent = rng.normal(0.0, log_uniform(rng, 0.1, 2.0), count) * end / 20
    return np.stack([azimuth, half_width, start, end, strength, beside, bent, softness], axis=1)


def _draw_azimuths(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Draw azimuths of rays: some leave in bundles, some craters throw in few directions."""
    azimuth = rng.uniform(-math.pi, math.pi, count)
    if not count:
        return azimuth
    bundled = rng.random(count) < rng.uniform(0.0, 0.6)
    azimuth[bundled] = rng.choice(azimuth, bundled.sum()) + rng.normal(0, 0.07, bundled.sum())
    if rng.random() < _FANNED_SHARE:
        middles = rng.uniform(-math.pi, math.pi, int(rng.integers(1, 5)))
        thrown = rng.random(count) < 0.8
        spread_rad = rng.uniform(0.1, 0.5)
        azimuth[thrown] = rng.choice(middles, thrown.sum()) + rng.normal(
            0, spread_rad, thrown.sum()
        )
    return azimuth


def _draw_specks(rng: np.random.Generator, rays: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draw clusters of secondaries along rays, ``(m, 5)`` as in :class:`Deposit`."""
    clusters = [np.zeros((0, SPECK_COLUMNS))]
    for _ in range(int(rng.integers(9)) if len(rays) else 0):
        ray = rays[int(rng.integers(len(rays)))]
        count = int(rng.integers(4, 12))
        middle = rng.uniform(1.2, 1.0 + 0.7 * ray[3])
        spread = 0.35 + 0.05 * middle
        range_radii = np.maximum(1.3, middle + rng.normal(0, 1.6 * spread, count))
        azimuth = ray[0] + rng.normal(0, 0.02) + rng.normal(0, spread, count) / range_radii
        radial = rng.uniform(0.12, 0.45, count)
        lateral = radial * rng.uniform(0.35, 0.8, count)
        strength = rng.uniform(0.3, 0.8, count)
        clusters.append(np.stack([azimuth, range_radii, radial, lateral, strength], axis=1))
    return np.concatenate(clusters)
