"""The surface before the fresh craters: albedo, geological units and the seams of the mosaic."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.strips import SERIAL_NOISE_PX, in_strips
from ejmap_geo.synthetic.directions import Directions
from ejmap_geo.synthetic.noise import fractal_noise, smoothstep, value_noise

# Spread of the offsets of the images that make up a mosaic, in grey levels.
SEAM_LEVELS = 3.5
_SEAM_CELLS = 220
_BROAD, _FINE, _UNIT, _HUE, _WARP = 11, 101, 211, 307, 401


class Surface(NamedTuple):
    """Fields of the surface, each ``(rows, cols)`` float32.

    Attributes:
        albedo: Brightness in standard deviations.
        plains: Share of smooth plains, 0 to 1.
        hue: Colour that does not follow brightness, in standard deviations.
    """

    albedo: NDArray[np.float32]
    plains: NDArray[np.float32]
    hue: NDArray[np.float32]


def make_surface(directions: Directions, *, rng: np.random.Generator) -> Surface:
    """Draw the albedo and the units of a planet."""
    seed = int(rng.integers(1 << 30))
    # Noise finer than two pixels would only alias.
    octaves = max(2, int(np.log2(1.0 / directions.pixel_rad / 14.0)) + 1)
    fields = np.empty((3, *directions.shape), np.float32)
    in_strips(
        lambda *rows: _fill_surface(directions, seed, octaves, fields, rows),
        rows=directions.shape[0],
        cols=directions.shape[1],
        serial_px=SERIAL_NOISE_PX,
    )
    return Surface(fields[0], fields[1], fields[2])


@njit(cache=True, nogil=True)
def _fill_surface(
    at: Directions, seed: int, octaves: int, out: NDArray[np.float32], rows: tuple[int, int]
) -> None:
    for i in range(rows[0], rows[1]):
        z = at.sin_lat[i]
        for j in range(at.sin_lon.size):
            x, y = at.cos_lat[i] * at.cos_lon[j], at.cos_lat[i] * at.sin_lon[j]
            warp = 0.07 * fractal_noise(5 * x, 5 * y, 5 * z, 4, 0.65, seed + _WARP)
            u, v, w = x + warp, y - warp, z + 0.7 * warp
            broad = fractal_noise(2.0 * u, 2.0 * v, 2.0 * w, 6, 0.7, seed + _BROAD)
            fine = fractal_noise(14 * x, 14 * y, 14 * z, octaves, 0.9, seed + _FINE)
            unit = fractal_noise(1.3 * u, 1.3 * v, 1.3 * w, 5, 0.5, seed + _UNIT)
            plains = smoothstep(0.3, 0.9, unit + 0.1 * fine)
            dark = smoothstep(0.6, 1.8, -unit + 0.25 * fine)
            out[0, i, j] = 0.75 * broad + 0.45 * fine + 0.5 * plains - 0.6 * dark
            out[1, i, j] = plains
            hue = fractal_noise(2.7 * v, 2.7 * w, 2.7 * u, 6, 0.6, seed + _HUE)
            out[2, i, j] = 0.8 * hue + 0.9 * plains - 0.6 * dark


class Seams(NamedTuple):
    """Gain and offset of the images that make up the mosaic, ``(cells, bands)`` each."""

    centers: NDArray[np.float64]
    gain: NDArray[np.float32]
    offset: NDArray[np.float32]


def draw_seams(bands: int, *, rng: np.random.Generator) -> Seams:
    """Draw images of slightly different calibration; image borders are Voronoi edges."""
    centers = rng.standard_normal((_SEAM_CELLS, 3))
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    gain = rng.normal(1.0, 0.03, (_SEAM_CELLS, bands)).astype(np.float32)
    offset = rng.normal(0.0, SEAM_LEVELS, (_SEAM_CELLS, bands)).astype(np.float32)
    return Seams(centers, gain, offset)


def nearest_cell(at: Directions, centers: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return which seam cell each pixel belongs to, ``(rows, cols)``; edges are slightly wavy."""
    cells = np.empty(at.shape, np.int16)
    in_strips(
        lambda *rows: _find_cells(at, centers, cells, rows),
        rows=cells.shape[0],
        cols=cells.shape[1],
        serial_px=SERIAL_NOISE_PX,
    )
    return cells


@njit(cache=True, nogil=True)
def _find_cells(
    at: Directions,
    centers: NDArray[np.float64],
    cells: NDArray[np.int16],
    rows: tuple[int, int],
) -> None:
    for i in range(rows[0], rows[1]):
        z = at.sin_lat[i]
        for j in range(at.sin_lon.size):
            x, y = at.cos_lat[i] * at.cos_lon[j], at.cos_lat[i] * at.sin_lon[j]
            wave = 0.01 * value_noise(9 * x, 9 * y, 9 * z, 5)
            best, nearest = -4.0, 0
            for k in range(centers.shape[0]):
                cosine = (x + wave) * centers[k, 0] + y * centers[k, 1] + (z - wave) * centers[k, 2]
                if cosine > best:
                    best, nearest = cosine, k
            cells[i, j] = nearest
