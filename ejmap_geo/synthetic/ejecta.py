"""Ejecta of one impact: lobate blanket, streaks, great-circle rays and secondary clusters."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from ejmap_geo.synthetic.directions import Directions
from ejmap_geo.synthetic.noise import fractal_noise, smoothstep, value_noise

# Past this turn a pixel lies beside the crater, not along the ray.
_WIDEST_TURN_RAD = 1.2
# Specks end this many half-widths from their middle.
_SPECK_EDGE = 2.0
# Lobes carry blanket and streaks beyond their mean reach, at most by these factors.
_BLANKET_SPREAD, _STREAK_SPREAD = 1.6, 1.3


class RaySystem(NamedTuple):
    """The shape of an ejecta deposit around its crater; lengths are in crater radii.

    Attributes:
        sin_lat: Sine of the latitude of the centre.
        cos_lat: Cosine of the latitude of the centre.
        lon_rad: Longitude of the centre.
        radius_rad: Rim radius as an angle.
        blanket_radii: Mean outer edge of the continuous blanket.
        streak_radii: How far the fine streaks around the blanket reach.
        shadow_rad: Azimuth of the middle of the zone of avoidance.
        shadow_half_rad: Half the width of that zone; 0 for a steep impact.
        rays: ``(n, 5)``: azimuth in radians, half-width, start, end, strength 0 to 1.
        specks: ``(m, 5)``: azimuth in radians, range, radial and lateral half-width, strength.
        seed: Seed of lobes, gaps and ragged edges.
    """

    sin_lat: float
    cos_lat: float
    lon_rad: float
    radius_rad: float
    blanket_radii: float
    streak_radii: float
    shadow_rad: float
    shadow_half_rad: float
    rays: NDArray[np.float64]
    specks: NDArray[np.float64]
    seed: int


def reach_radii(system: RaySystem) -> float:
    """Return the range, in crater radii, beyond which a system has no intensity."""
    near = max(_BLANKET_SPREAD * system.blanket_radii, _STREAK_SPREAD * system.streak_radii)
    specks = np.max(system.specks[:, 1] + _SPECK_EDGE * system.specks[:, 2], initial=0.0)
    return float(max(near, np.max(system.rays[:, 3], initial=0.0), specks))


@njit(parallel=True, cache=True)
def intensity(at: Directions, system: RaySystem, outer_radii: float) -> NDArray[np.float32]:
    """Return how much fresh material covers each pixel, 0 to 1, ``(rows, cols)``.

    Inside the rim, and only there, it is 1. Nothing is laid beyond ``outer_radii``.
    """
    out = np.zeros((at.sin_lat.size, at.sin_lon.size), np.float32)
    sin_lon0, cos_lon0 = math.sin(system.lon_rad), math.cos(system.lon_rad)
    pixel_radii = at.pixel_rad / system.radius_rad
    for i in prange(at.sin_lat.size):
        z, cos_lat = at.sin_lat[i], at.cos_lat[i]
        for j in range(at.sin_lon.size):
            cos_dlon = at.cos_lon[j] * cos_lon0 + at.sin_lon[j] * sin_lon0
            sin_dlon = at.sin_lon[j] * cos_lon0 - at.cos_lon[j] * sin_lon0
            east = cos_lat * sin_dlon
            north = system.cos_lat * z - system.sin_lat * cos_lat * cos_dlon
            up = system.sin_lat * z + system.cos_lat * cos_lat * cos_dlon
            sin_range = math.hypot(east, north)
            d = math.atan2(sin_range, up) / system.radius_rad
            if d > outer_radii:
                continue
            if d < 1.0:
                out[i, j] = 1.0
                continue
            azimuth = math.atan2(east, north)
            x, y = cos_lat * at.cos_lon[j], cos_lat * at.sin_lon[j]
            near = _near_field(system, d, azimuth)
            far = _rays(system, d, azimuth, (x, y, z), pixel_radii)
            specks = _specks(system, d, azimuth, pixel_radii)
            covered = 1.0 - (1.0 - near) * (1.0 - far) * (1.0 - specks)
            out[i, j] = min(covered, 0.999)
    return out


@njit(cache=True, inline="always")
def _wrapped(angle: float) -> float:
    """Return the same angle in [-pi, pi)."""
    return angle - 2 * math.pi * math.floor(angle / (2 * math.pi) + 0.5)


@njit(cache=True)
def _near_field(system: RaySystem, d: float, azimuth: float) -> float:
    """Return the intensity of blanket and streaks at ``d`` radii and an azimuth."""
    if d > _STREAK_SPREAD * system.streak_radii and d > _BLANKET_SPREAD * system.blanket_radii:
        return 0.0
    ca, sa = math.cos(azimuth), math.sin(azimuth)
    seed, ring = system.seed, math.log(d)
    lobes = fractal_noise(1.4 * ca, 1.4 * sa, 0.6 * ring, 3, 0.6, seed)
    lobes = max(-1.5, min(1.5, lobes))
    edge = system.blanket_radii * (1.0 + 0.24 * lobes)
    grain = value_noise(9 * ca, 9 * sa, 3.0 * ring, seed + 7)
    blanket = 1.0 - smoothstep(0.62, 1.0, (d + 0.3 * grain) / edge)
    blanket *= (0.85 - 0.5 * (d - 1.0) / (1.5 * edge - 1.0)) * (1.0 + 0.22 * grain)
    streak = fractal_noise(11 * ca, 11 * sa, 0.6 * ring, 3, 0.85, seed + 31)
    limit = max(1.5, system.streak_radii * (0.7 + 0.28 * lobes))
    streaks = smoothstep(-0.2, 1.6, streak + 1.1 * (1.0 - d / limit)) * 0.55
    streaks *= 1.0 - smoothstep(0.4, 1.1, d / limit)
    light = 1.0
    if system.shadow_half_rad > 0.0:
        away = abs(_wrapped(azimuth - system.shadow_rad)) / system.shadow_half_rad
        open_sky = smoothstep(0.75, 1.1, away + 0.08 * lobes)
        light = open_sky + (1 - open_sky) * (1 - smoothstep(1.0, 1.6, d))
    return max(0.0, min(1.0, light * max(blanket, streaks)))


@njit(cache=True)
def _rays(
    system: RaySystem,
    d: float,
    azimuth: float,
    at: tuple[float, float, float],
    pixel_radii: float,
) -> float:
    """Return the intensity of the rays at ``d`` radii, ``azimuth`` and unit vector ``at``."""
    clear = 1.0
    ragged, patches = 0.0, 0.0
    is_textured = False
    sin_range = math.sin(d * system.radius_rad)
    for k in range(system.rays.shape[0]):
        ray_azimuth, half_width, start, end, strength = system.rays[k]
        if d < start or d > end:
            continue
        turn = _wrapped(azimuth - ray_azimuth)
        if abs(turn) > _WIDEST_TURN_RAD:
            continue
        lateral = sin_range * math.sin(turn) / system.radius_rad
        t = (d - start) / (end - start)
        # Rays open up a little and then taper; what is thinner than a pixel is smeared over one.
        taper = half_width * (0.7 + 1.1 * t) * math.sqrt(1.0 - t * t * t)
        width = max(taper, 0.6 * pixel_radii)
        if abs(lateral) > 2.6 * width:
            continue
        if not is_textured:
            f = 1.6 / system.radius_rad
            ragged = fractal_noise(f * at[0], f * at[1], f * at[2], 3, 0.9, system.seed + 57)
            patches = value_noise(
                0.4 * f * at[0], 0.4 * f * at[1], 0.4 * f * at[2], system.seed + 83
            )
            is_textured = True
        body = _ray_body(
            system.rays[k], lateral / width, d, (ragged, patches), system.seed + 97 * k
        )
        seen = strength * math.sqrt(taper / width) * (1.0 - 0.45 * t)
        clear *= 1.0 - seen * smoothstep(0.0, 0.06, t) * body
    return 1.0 - clear


@njit(cache=True)
def _ray_body(
    ray: NDArray[np.float64], across: float, d: float, texture: tuple[float, float], seed: int
) -> float:
    """Return the relative intensity at ``d`` radii, ``across`` half-widths from a ray's middle.

    A ray is a broken chain of segments, and a bundle of strands that run along it.
    """
    _, half_width, start, end, _ = ray
    ragged, patches = texture
    t = (d - start) / (end - start)
    beat = d / (0.4 + half_width)
    gap = value_noise(0.5 * beat, 0.3, 0.3, seed) + 0.5 * value_noise(0.11 * beat, 0.7, 0.7, seed)
    segment = smoothstep(-0.45, 0.3, gap + 0.5 * patches + 0.45 - 0.5 * t)
    strand = fractal_noise(2.6 * across, 0.3 * d / half_width, 0.5, 2, 0.8, seed + 41)
    edge = abs(across) + 0.18 * ragged + 0.2 * strand
    body = (1.0 - smoothstep(0.2, 1.6, edge)) * (1.0 - 0.1 * ragged - 0.15 * strand)
    return max(0.0, min(1.0, body)) * segment


@njit(cache=True)
def _specks(system: RaySystem, d: float, azimuth: float, pixel_radii: float) -> float:
    """Return the intensity of secondary craters' bright patches."""
    clear = 1.0
    for k in range(system.specks.shape[0]):
        speck_azimuth, speck_range, radial, lateral, strength = system.specks[k]
        along = (d - speck_range) / max(radial, 0.5 * pixel_radii)
        if abs(along) > _SPECK_EDGE:
            continue
        arc = math.sin(d * system.radius_rad) / system.radius_rad
        across = arc * _wrapped(azimuth - speck_azimuth) / max(lateral, 0.5 * pixel_radii)
        square = along * along + across * across
        if square < _SPECK_EDGE**2:
            clear *= 1.0 - strength * (1.0 - smoothstep(0.2, 1.9, math.sqrt(square)))
    return 1.0 - clear
