"""Ejecta of one impact: lobate blanket, streaks, rays and secondary clusters, at any place."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.strips import SERIAL_NOISE_PX, in_strips
from ejmap_geo.synthetic.deposit import FAINTEST_HALO, SPECK_EDGE, SPREAD, Deposit
from ejmap_geo.synthetic.directions import Directions
from ejmap_geo.synthetic.noise import fractal_noise, smoothstep, value_noise

# Past this turn a pixel lies beside the crater, not along the ray. The sine of no smaller angle is
# less than this share of it, which tells at once that most pixels lie far from most rays.
_WIDEST_TURN_RAD, _LEAST_SINE = 1.2, 0.776
_WIDEST_TAPER = 1.8
_RAY_EDGE = 2.6
# Fresh ejecta stay below the cavity, which alone is wholly covered.
_MOST_COVERED = 0.999
# The raised rim is of the crater's own rock.
_BURIED_RADII = 1.1

# Sine and cosine of the latitude, and the longitude in radians, of a crater's centre.
Place = tuple[float, float, float]


def intensity(
    at: Directions, place: Place, deposit: Deposit, outer_radii: float
) -> NDArray[np.float32]:
    """Return how much fresh material covers each pixel, 0 to 1, ``(rows, cols)``.

    Inside the rim, and only there, it is 1. Nothing is laid beyond ``outer_radii``.
    """
    out = np.zeros(at.shape, np.float32)
    in_strips(
        lambda *rows: _lay(at, place, deposit, outer_radii, out, rows),
        rows=out.shape[0],
        cols=out.shape[1],
        serial_px=SERIAL_NOISE_PX,
    )
    return out


@njit(cache=True, nogil=True)
def _lay(
    at: Directions,
    place: Place,
    deposit: Deposit,
    outer_radii: float,
    out: NDArray[np.float32],
    rows: tuple[int, int],
) -> None:
    seen_radii = at.pixel_rad / deposit.radius_rad
    for i in range(rows[0], rows[1]):
        for j in range(at.sin_lon.size):
            range_rad, azimuth = _range_azimuth(at, place, i, j)
            d = range_rad / deposit.radius_rad
            if d < 1.0:
                out[i, j] = 1.0
            elif d <= outer_radii:
                out[i, j] = _covered(deposit, d, azimuth, seen_radii)


def burial(at: Directions, place: Place, deposit: Deposit) -> NDArray[np.float32]:
    """Return the share of older ejecta that rim and blanket bury, 0 to 1, ``(rows, cols)``.

    All of it inside the rim and in the continuous blanket; nothing in the zone of avoidance.
    """
    out = np.zeros(at.shape, np.float32)
    in_strips(
        lambda *rows: _bury(at, place, deposit, out, rows),
        rows=out.shape[0],
        cols=out.shape[1],
        serial_px=SERIAL_NOISE_PX,
    )
    return out


@njit(cache=True, nogil=True)
def _bury(
    at: Directions, place: Place, deposit: Deposit, out: NDArray[np.float32], rows: tuple[int, int]
) -> None:
    for i in range(rows[0], rows[1]):
        for j in range(at.sin_lon.size):
            range_rad, azimuth = _range_azimuth(at, place, i, j)
            d = range_rad / deposit.radius_rad
            if d < _BURIED_RADII:
                out[i, j] = 1.0
            elif d <= SPREAD * deposit.blanket_radii:
                lobes = _lobes(deposit, math.cos(azimuth), math.sin(azimuth), math.log(d))
                edge = deposit.blanket_radii * (1.0 + deposit.lobing * lobes)
                solid = 1.0 - smoothstep(0.85, 1.1, d / edge)
                out[i, j] = solid * _open_sky(deposit, d, azimuth, lobes)


@njit(cache=True, inline="always")
def _range_azimuth(at: Directions, place: Place, i: int, j: int) -> tuple[float, float]:
    """Return angular range and azimuth of a pixel as seen from a crater."""
    sin_lat0, cos_lat0, lon0 = place
    sin_lon0, cos_lon0 = math.sin(lon0), math.cos(lon0)
    z, cos_lat = at.sin_lat[i], at.cos_lat[i]
    cos_dlon = at.cos_lon[j] * cos_lon0 + at.sin_lon[j] * sin_lon0
    sin_dlon = at.sin_lon[j] * cos_lon0 - at.cos_lon[j] * sin_lon0
    east = cos_lat * sin_dlon
    north = cos_lat0 * z - sin_lat0 * cos_lat * cos_dlon
    up = sin_lat0 * z + cos_lat0 * cos_lat * cos_dlon
    return math.atan2(math.hypot(east, north), up), math.atan2(east, north)


@njit(cache=True, nogil=True)
def polar_intensity(
    range_radii: NDArray[np.float64],
    azimuth_rad: NDArray[np.float64],
    seen_radii: NDArray[np.float64],
    deposit: Deposit,
) -> NDArray[np.float32]:
    """Return how much fresh material covers each cell of a polar view, 0 to 1, ``(rows, cols)``.

    Args:
        range_radii: Range of what each cell shows, ``(rows, cols)``.
        azimuth_rad: Its azimuth, ``(rows, cols)``.
        seen_radii: Width of what a cell shows at once, by row, ``(rows,)``; thinner rays are
            smeared over it.
        deposit: The ejecta.
    """
    out = np.zeros(range_radii.shape, np.float32)
    antipode_radii = math.pi / deposit.radius_rad
    for i in range(range_radii.shape[0]):
        for j in range(range_radii.shape[1]):
            d = range_radii[i, j]
            if d < 1.0:
                out[i, j] = 1.0
            elif d < antipode_radii:
                out[i, j] = _covered(deposit, d, azimuth_rad[i, j], seen_radii[i])
    return out


@njit(cache=True)
def _covered(deposit: Deposit, d: float, azimuth: float, seen_radii: float) -> float:
    """Return the intensity at ``d`` radii and an azimuth outside of the rim."""
    range_rad = d * deposit.radius_rad
    near = _near_field(deposit, d, azimuth)
    far = _rays(deposit, d, azimuth, range_rad, seen_radii)
    specks = _specks(deposit, d, azimuth, range_rad, seen_radii)
    return min(1.0 - (1.0 - near) * (1.0 - far) * (1.0 - specks), _MOST_COVERED)


@njit(cache=True, inline="always")
def _wrapped(angle: float) -> float:
    """Return the same angle in [-pi, pi)."""
    return angle - 2 * math.pi * math.floor(angle / (2 * math.pi) + 0.5)


@njit(cache=True)
def _near_field(of: Deposit, d: float, azimuth: float) -> float:
    """Return the intensity of blanket, streaks and halo."""
    halo = of.halo * d ** (-of.halo_power) if of.halo > 0.0 else 0.0
    if halo < FAINTEST_HALO and d > SPREAD * max(of.blanket_radii, of.streak_radii):
        return 0.0
    ca, sa, ring = math.cos(azimuth), math.sin(azimuth), math.log(d)
    lobes = _lobes(of, ca, sa, ring)
    edge = of.blanket_radii * (1.0 + of.lobing * lobes)
    grain = of.unevenness * value_noise(9 * ca, 9 * sa, 3.0 * ring, of.seed + 7)
    blanket = 1.0 - smoothstep(
        1.0 - of.softness, 1.0 + 0.25 * of.softness, (d + 0.3 * grain) / edge
    )
    blanket *= max(0.0, 1.0 - of.decline * (d - 1.0) / (1.5 * edge - 1.0)) * (1.0 + 0.25 * grain)
    blanket *= of.blanket_light
    fine = of.streak_grain
    streak = fractal_noise(fine * ca, fine * sa, 0.6 * ring, 3, 0.85, of.seed + 31)
    limit = max(1.5, of.streak_radii * (0.75 + 0.28 * lobes))
    streaks = smoothstep(-0.2, 1.6, streak + 1.1 * (1.0 - d / limit)) * of.streak_strength
    streaks *= 1.0 - smoothstep(0.4, 1.1, d / limit)
    light = max(blanket, streaks, halo * (1.0 + 0.5 * grain))
    if of.collar_radii > 1.0:
        across = d / of.collar_radii * (1.0 + 0.12 * lobes) + 0.1 * grain
        light *= 1.0 - of.collar_depth * (1.0 - smoothstep(0.75, 1.15, across))
    return max(0.0, min(1.0, light * _open_sky(of, d, azimuth, lobes)))


@njit(cache=True, inline="always")
def _lobes(of: Deposit, ca: float, sa: float, ring: float) -> float:
    """Return the lobes of the blanket's edge, -1.5 to 1.5."""
    lobes = fractal_noise(1.4 * ca, 1.4 * sa, 0.6 * ring, 3, 0.6, of.seed)
    return max(-1.5, min(1.5, lobes))


@njit(cache=True, inline="always")
def _open_sky(of: Deposit, d: float, azimuth: float, lobes: float) -> float:
    """Return the share of light that the zone of avoidance leaves."""
    if of.shadow_half_rad <= 0.0:
        return 1.0
    away = abs(_wrapped(azimuth - of.shadow_rad)) / of.shadow_half_rad
    sky = smoothstep(1.0 - of.shadow_softness, 1.0 + of.shadow_softness, away + 0.08 * lobes)
    return sky + (1.0 - sky) * of.shadow_rim * (1.0 - smoothstep(1.0, 1.6, d))


@njit(cache=True)
def _rays(of: Deposit, d: float, azimuth: float, range_rad: float, seen_radii: float) -> float:
    """Return the intensity of the rays."""
    clear = 1.0
    ragged, patches = 0.0, 0.0
    is_textured = False
    arc = math.sin(range_rad) / of.radius_rad
    for k in range(of.rays.shape[0]):
        ray_azimuth, half_width, start, end, strength, beside, bent, _ = of.rays[k]
        if d < start or d > end:
            continue
        turn = _wrapped(azimuth - ray_azimuth)
        farthest = _RAY_EDGE * max(_WIDEST_TAPER * half_width, 0.6 * seen_radii)
        if abs(turn) > _WIDEST_TURN_RAD or (
            _LEAST_SINE * arc * abs(turn) > farthest + abs(beside) + abs(bent)
        ):
            continue
        t = (d - start) / (end - start)
        lateral = arc * math.sin(turn) - beside * (1.0 - t) - bent * t * t
        # Rays open up a little and then taper; what is thinner than is seen at once is smeared.
        taper = half_width * (0.7 + 1.1 * t) * math.sqrt(max(0.0, 1.0 - t * t * t))
        width = max(taper, 0.6 * seen_radii)
        if abs(lateral) > _RAY_EDGE * width:
            continue
        if not is_textured:
            f = 1.6 / of.radius_rad
            x, y = math.sin(range_rad) * math.cos(azimuth), math.sin(range_rad) * math.sin(azimuth)
            z = math.cos(range_rad)
            ragged = fractal_noise(f * x, f * y, f * z, 3, 0.9, of.seed + 57)
            patches = value_noise(0.4 * f * x, 0.4 * f * y, 0.4 * f * z, of.seed + 83)
            is_textured = True
        texture = (ragged, patches + 2 * of.ray_cover)
        body = _ray_body(of.rays[k], lateral / width, d, texture, of.seed + 97 * k)
        seen = strength * math.sqrt(taper / width) * (1.0 - of.ray_fade * t)
        clear *= 1.0 - min(0.95, seen * smoothstep(0.0, 0.06, t) * body)
    return 1.0 - clear


@njit(cache=True)
def _ray_body(
    ray: NDArray[np.float64], across: float, d: float, texture: tuple[float, float], seed: int
) -> float:
    """Return the relative intensity at ``d`` radii, ``across`` half-widths from a ray's middle.

    A ray is a broken chain of segments, and a bundle of strands that run along it.
    """
    half_width, start, end, softness = ray[1], ray[2], ray[3], ray[7]
    ragged, patches = texture
    t = (d - start) / (end - start)
    beat = d / (0.4 + half_width)
    gap = value_noise(0.5 * beat, 0.3, 0.3, seed) + 0.5 * value_noise(0.11 * beat, 0.7, 0.7, seed)
    segment = smoothstep(-0.45, 0.3, gap + 0.5 * patches + 0.45 - 0.5 * t)
    strand = fractal_noise(2.6 * across, 0.3 * d / half_width, 0.5, 2, 0.8, seed + 41)
    edge = abs(across) + 0.18 * ragged + 0.2 * strand
    body = 1.0 - smoothstep(0.9 - softness, 0.9 + softness, edge)
    body *= 1.0 - 0.1 * ragged - 0.15 * strand
    return max(0.0, min(1.0, body)) * segment


@njit(cache=True)
def _specks(of: Deposit, d: float, azimuth: float, range_rad: float, seen_radii: float) -> float:
    """Return the intensity of secondary craters' bright patches."""
    clear = 1.0
    arc = math.sin(range_rad) / of.radius_rad
    for k in range(of.specks.shape[0]):
        speck_azimuth, speck_range, radial, lateral, strength = of.specks[k]
        along = (d - speck_range) / max(radial, 0.5 * seen_radii)
        if abs(along) > SPECK_EDGE:
            continue
        across = arc * _wrapped(azimuth - speck_azimuth) / max(lateral, 0.5 * seen_radii)
        square = along * along + across * across
        if square < SPECK_EDGE**2:
            clear *= 1.0 - strength * (1.0 - smoothstep(0.2, 1.9, math.sqrt(square)))
    return 1.0 - clear
