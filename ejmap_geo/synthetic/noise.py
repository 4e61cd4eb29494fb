"""Fractal noise in three dimensions; on the unit sphere it has neither seam nor pole."""

import math

from numba import njit

_MASK = 0xFFFFFFFF
_LACUNARITY = 2.03
# One octave alone has a standard deviation of (26 / 35)**1.5 / sqrt(3) = 0.37.
_SPREAD = 3.45


@njit(cache=True, inline="always")
def lattice_value(ix: int, iy: int, iz: int, seed: int) -> float:
    """Return a value in [-1, 1) that only depends on a lattice point and a seed.

    An integer hash: the same on every machine, and no table has to be kept.
    """
    h = (ix * 0x8DA6B343 + iy * 0xD8163841 + iz * 0xCB1AB31F + seed * 0x9E3779B1) & _MASK
    h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & _MASK
    h = ((h ^ (h >> 12)) * 0x297A2D39) & _MASK
    h ^= h >> 15
    return h * (2.0 / 4294967296.0) - 1.0


@njit(cache=True)
def value_noise(x: float, y: float, z: float, seed: int) -> float:
    """Return smooth noise in [-1, 1] with features about one unit wide."""
    fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
    ix, iy, iz = int(fx), int(fy), int(fz)
    u, v, w = x - fx, y - fy, z - fz
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    w = w * w * (3.0 - 2.0 * w)
    near = _face(ix, iy, iz, seed, u, v)
    far = _face(ix, iy, iz + 1, seed, u, v)
    return near + w * (far - near)


@njit(cache=True, inline="always")
def _face(ix: int, iy: int, iz: int, seed: int, u: float, v: float) -> float:
    low = lattice_value(ix, iy, iz, seed)
    low += u * (lattice_value(ix + 1, iy, iz, seed) - low)
    high = lattice_value(ix, iy + 1, iz, seed)
    high += u * (lattice_value(ix + 1, iy + 1, iz, seed) - high)
    return low + v * (high - low)


@njit(cache=True)
def fractal_noise(x: float, y: float, z: float, octaves: int, gain: float, seed: int) -> float:
    """Return octaves of value noise, each finer and ``gain`` times weaker.

    The standard deviation is about 1.27, whatever the number of octaves.
    """
    total, weight, power = 0.0, 1.0, 0.0
    for octave in range(octaves):
        # Shifting each octave keeps their lattices from lining up at the axes.
        shift = 17.31 * octave
        total += weight * value_noise(x + shift, y - shift, z + 0.5 * shift, seed + octave)
        power += weight * weight
        x, y, z = x * _LACUNARITY, y * _LACUNARITY, z * _LACUNARITY
        weight *= gain
    return total * (_SPREAD / math.sqrt(power))


@njit(cache=True, inline="always")
def smoothstep(low: float, high: float, value: float) -> float:
    """Return 0 below ``low``, 1 above ``high`` and a smooth rise in between."""
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3.0 - 2.0 * t)
