"""Relief as light shows it: old craters and rough ground, bright towards the sun, dark away."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.strips import SERIAL_NOISE_PX, in_strips
from ejmap_geo.synthetic.directions import Directions
from ejmap_geo.synthetic.noise import fractal_noise, smoothstep

_REACH_RADII = 1.5
_TINY = 1e-12


class Bowls(NamedTuple):
    """Craters as topography, oldest first: a younger one erases what lies inside it.

    Attributes:
        centers: Unit vectors, ``(n, 3)``.
        radius_rad: Angular rim radii, ``(n,)``.
        depth: Relief relative to a fresh crater, 0 to 1, ``(n,)``.
    """

    centers: NDArray[np.float64]
    radius_rad: NDArray[np.float64]
    depth: NDArray[np.float64]


def draw_old_craters(
    count: int, *, smallest_rad: float, largest_rad: float, rng: np.random.Generator
) -> Bowls:
    """Draw worn craters; the number larger than r falls as r to the power -1.9."""
    centers = rng.standard_normal((count, 3))
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    power = -1.9
    tail = (largest_rad / smallest_rad) ** power
    radius_rad = smallest_rad * (tail + (1 - tail) * rng.random(count)) ** (1 / power)
    order = np.argsort(-radius_rad)
    # Large craters are old and filled; small ones keep their walls.
    filled = np.log(radius_rad / smallest_rad) / np.log(largest_rad / smallest_rad)
    depth = rng.uniform(0.2, 1.0, count) * (1.0 - 0.55 * filled[order])
    return Bowls(centers[order], radius_rad[order], depth)


@njit(cache=True, inline="always")
def _sun(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Return the direction towards the sun, not normalised.

    (-y, x, 0) points east and (0, 0, -z) towards the equator, both smooth across the poles.

    As on the MESSENGER mosaic: the low sun of high latitudes shades strongly, mostly from the
    equator; close to the equator albedo wins.
    """
    return 0.45 - 0.9 * y, 0.2 + 0.9 * x, -0.9 * z


def shade(
    at: Directions, bowls: Bowls, roughness: NDArray[np.float32], polar_shade: float, seed: int
) -> NDArray[np.float32]:
    """Return the brightening by slopes towards the sun, about -1 to 1, ``(rows, cols)``.

    ``polar_shade`` is how much stronger the lowest sun shades at the poles.
    """
    out = np.empty(at.shape, np.float32)
    light = polar_shade, seed
    in_strips(
        lambda *rows: _shade_ground(at, bowls, roughness, light, out, rows),
        rows=out.shape[0],
        cols=out.shape[1],
        serial_px=SERIAL_NOISE_PX,
    )
    return out


@njit(cache=True, nogil=True)
def _shade_ground(
    at: Directions,
    bowls: Bowls,
    roughness: NDArray[np.float32],
    light: tuple[float, int],
    out: NDArray[np.float32],
    rows: tuple[int, int],
) -> None:
    """Shade some rows; ``light`` is the shade at the poles and the seed of the ground."""
    polar_shade, seed = light
    step = 1.2 * at.pixel_rad
    octaves = max(2, int(math.log2(1.0 / (110.0 * at.pixel_rad))) + 1)
    for i in range(rows[0], rows[1]):
        z = at.sin_lat[i]
        for j in range(at.sin_lon.size):
            x, y = at.cos_lat[i] * at.cos_lon[j], at.cos_lat[i] * at.sin_lon[j]
            sx, sy, sz = _sun(x, y, z)
            up = sx * x + sy * y + sz * z
            dx, dy, dz = (sx - up * x) * step, (sy - up * y) * step, (sz - up * z) * step
            f = 110.0
            rise = fractal_noise(
                f * (x + dx), f * (y + dy), f * (z + dz), octaves, 0.8, seed
            ) - fractal_noise(f * (x - dx), f * (y - dy), f * (z - dz), octaves, 0.8, seed)
            lumps = smoothstep(-0.2, 2.0, fractal_noise(6 * x, 6 * y, 6 * z, 4, 0.6, seed + 71))
            out[i, j] = -0.13 * rise * roughness[i, j] * (0.25 + 0.75 * lumps)
        _shade_bowls(at, bowls, i, out[i])
        strength = 0.3 + 0.7 * smoothstep(0.35, 0.95, abs(z))
        strength += polar_shade * smoothstep(0.8, 1.0, abs(z))
        for j in range(at.sin_lon.size):
            out[i, j] *= strength


@njit(cache=True)
def _shade_bowls(at: Directions, bowls: Bowls, i: int, line: NDArray[np.float32]) -> None:
    z, cos_lat, cols = at.sin_lat[i], at.cos_lat[i], at.sin_lon.size
    lat = math.asin(z)
    for k in range(bowls.radius_rad.size):
        reach = _REACH_RADII * bowls.radius_rad[k]
        # Small craters are bowls; large ones have a flat floor inside a narrow wall.
        floor = 0.3 + 0.5 * smoothstep(0.004, 0.03, bowls.radius_rad[k])
        cx, cy, cz = bowls.centers[k]
        if abs(lat - math.asin(cz)) > reach:
            continue
        first, count = columns_within(cos_lat, z, bowls.centers[k], reach, cols)
        for n in range(count):
            j = (first + n) % cols
            x, y = cos_lat * at.cos_lon[j], cos_lat * at.sin_lon[j]
            cosine = cx * x + cy * y + cz * z
            chord = math.sqrt(max(0.0, 2.0 - 2.0 * cosine))
            d = chord / bowls.radius_rad[k]
            if d >= _REACH_RADII or chord < _TINY:
                continue
            sx, sy, sz = _sun(x, y, z)
            # The gradient of the distance to the centre, along the sun.
            outward = (
                sx * (x * cosine - cx) + sy * (y * cosine - cy) + sz * (z * cosine - cz)
            ) / chord
            keep = smoothstep(0.85, 1.25, d)
            line[j] = line[j] * (1 - (1 - keep) * 0.8) - bowls.depth[k] * outward * _slope(d, floor)


@njit(cache=True, inline="always")
def _slope(d: float, floor: float) -> float:
    """Return the outward slope of a crater profile at ``d`` radii: flat floor, wall, rim flank."""
    if d < 1.0:
        return smoothstep(floor, 0.5 + 0.5 * floor, d)
    return -0.8 * smoothstep(0.0, 0.08, d - 1.0) * (1.0 - smoothstep(1.0, _REACH_RADII, d))


@njit(cache=True, inline="always")
def columns_within(
    cos_lat: float, sin_lat: float, center: NDArray[np.float64], reach: float, cols: int
) -> tuple[int, int]:
    """Return the first column and the number of columns of a row that a cap touches."""
    horizontal = math.hypot(center[0], center[1]) * cos_lat
    if horizontal < _TINY:
        return 0, cols
    cosine = (math.cos(reach) - center[2] * sin_lat) / horizontal
    if cosine <= -1.0:
        return 0, cols
    if cosine >= 1.0:
        return 0, 0
    half = math.acos(cosine) / (2 * math.pi) * cols
    middle = (math.atan2(center[1], center[0]) / (2 * math.pi) + 0.5) * cols
    first = math.floor(middle - half)
    return first, min(cols, math.ceil(middle + half) + 1 - first)
