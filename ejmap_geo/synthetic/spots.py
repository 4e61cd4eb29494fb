"""Small fresh craters that nobody catalogues: bright spots with a ragged halo."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.strips import SERIAL_NOISE_PX, in_strips
from ejmap_geo.synthetic.directions import Directions
from ejmap_geo.synthetic.noise import fractal_noise, smoothstep
from ejmap_geo.synthetic.relief import columns_within


class Spots(NamedTuple):
    """Bright spots.

    Attributes:
        centers: Unit vectors, ``(n, 3)``.
        radius_rad: Outer radii of the halos as angles, ``(n,)``.
        strength: Brightness of the middle, 0 to 1, ``(n,)``.
    """

    centers: NDArray[np.float64]
    radius_rad: NDArray[np.float64]
    strength: NDArray[np.float64]


def draw_spots(
    count: int, *, smallest_rad: float, largest_rad: float, rng: np.random.Generator
) -> Spots:
    """Draw spots; the number larger than r falls as r to the power -2."""
    centers = rng.standard_normal((count, 3))
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    tail = (largest_rad / smallest_rad) ** -2.0
    radius_rad = smallest_rad * (tail + (1 - tail) * rng.random(count)) ** -0.5
    strength = rng.uniform(0.12, 1.0, count)
    return Spots(centers, radius_rad, strength)


def spot_brightness(at: Directions, spots: Spots, seed: int) -> NDArray[np.float32]:
    """Return how bright the spots make each pixel, 0 to 1, ``(rows, cols)``."""
    out = np.zeros(at.shape, np.float32)
    in_strips(
        lambda *rows: _light_up(at, spots, seed, out, rows),
        rows=out.shape[0],
        cols=out.shape[1],
        serial_px=SERIAL_NOISE_PX,
    )
    return out


@njit(cache=True, nogil=True)
def _light_up(
    at: Directions, spots: Spots, seed: int, out: NDArray[np.float32], rows: tuple[int, int]
) -> None:
    cols = at.sin_lon.size
    for i in range(rows[0], rows[1]):
        z, cos_lat = at.sin_lat[i], at.cos_lat[i]
        lat = math.asin(z)
        for k in range(spots.radius_rad.size):
            radius = spots.radius_rad[k]
            cx, cy, cz = spots.centers[k]
            if abs(lat - math.asin(cz)) > radius:
                continue
            first, count = columns_within(cos_lat, z, spots.centers[k], radius, cols)
            f = 3.0 / radius
            # A spot smaller than a pixel still lights it up.
            core_rad = max(0.13 * radius, 1.7 * at.pixel_rad)
            for n in range(count):
                j = (first + n) % cols
                x, y = cos_lat * at.cos_lon[j], cos_lat * at.sin_lon[j]
                d = math.sqrt(max(0.0, 2.0 - 2.0 * (cx * x + cy * y + cz * z))) / radius
                if d >= 1.0:
                    continue
                ragged = 0.2 * fractal_noise(f * x, f * y, f * z, 2, 0.6, seed + k)
                core = 1.0 - smoothstep(0.35, 1.0, d * radius / core_rad)
                halo = math.exp(-3.6 * d * (1.0 + ragged)) * (1.0 - smoothstep(0.6, 1.0, d))
                value = spots.strength[k] * max(core, 0.8 * halo)
                out[i, j] = max(out[i, j], value)
