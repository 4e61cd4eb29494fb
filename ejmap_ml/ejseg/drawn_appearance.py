"""How a scene looks in the bands of a mosaic, drawn at random: ground, light, tone and noise."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, zoom

from ejmap_geo.synthetic.deposit import log_uniform
from ejmap_ml.ejseg.drawn_scene import Background, Scene
from ejmap_ml.ejseg.view_scaling import MAD_TO_SIGMA

Floats = NDArray[np.floating]

# Ejecta are labelled where they change a band by more than these shares of the light at the rim and
# of the spread of the ring: what is fainter nobody can see, and nobody can learn to see it.
VISIBLE_LIGHT, VISIBLE_SPREAD = 0.07, 0.33
# Robust sigmas of the ring; a mosaic has 8 bits, so no ring is flatter than a level or two.
LEAST_SPREAD = 2.0
# Where the surroundings of a crater are, as rows of a view: their spread is the unit of light.
NEAR_ROWS = slice(5, 100)
# Light at the rim in units of that spread. Rays drawn by eye on Mercury and the Moon stand out by
# 0.5 to 1.4 spreads, blankets by more.
GLOW_SPREADS = (0.9, 7.0)
NOTHING_SHARE, DARK_SHARE = 0.07, 0.05
# Bands of colour mosaics: how often all show the same, how often they differ by a little as red,
# green and blue do; else each has contrasts of its own, as principal components and ratios have.
SAME_SHARE, ALIKE_SHARE = 0.15, 0.35
# How often fresh ejecta are dark in a band of the last kind.
INVERTED_SHARE = 0.3


class Band(NamedTuple):
    """A band of a scene.

    Attributes:
        grey: Grey levels, ``(rows, cols)``.
        signal: Change by the ejecta over the least change that is seen, ``(rows, cols)``.
    """

    grey: Floats
    signal: Floats


class _Light(NamedTuple):
    """What fresh ejecta do to a band: grey levels at the rim, of the spread around, and a sign."""

    glow_spreads: float
    cubic: float
    sign: float


def draw_bands(scene: Scene, own: Floats, rng: np.random.Generator, *, count: int) -> list[Band]:
    """Draw how a scene looks.

    Args:
        scene: What lies there.
        own: How much fresh material is seen outside of the cavity, ``(rows, cols)``, 0 to 1.
        rng: Source of all chance.
        count: Number of bands: 1, or as many as a colour mosaic has.
    """
    kind = rng.random()
    glow_spreads = 0.0 if kind < NOTHING_SHARE else log_uniform(rng, *GLOW_SPREADS)
    light = _Light(glow_spreads, rng.uniform(0, 0.5), 1.0)
    is_dark = kind > 1 - DARK_SHARE
    if count == 1:
        return [_band(scene, own, _ground(scene.background, rng), light, rng, is_dark=is_dark)]
    way = rng.random()
    if way > SAME_SHARE + ALIKE_SHARE:
        return list(_unlike_bands(scene, own, light, rng, count=count))
    bands = _alike_bands(scene, own, light, rng, count=count, is_dark=is_dark)
    if way < SAME_SHARE:
        return [next(bands)] * count
    return list(bands)


def _alike_bands(
    scene: Scene,
    own: Floats,
    light: _Light,
    rng: np.random.Generator,
    *,
    count: int,
    is_dark: bool,
) -> Iterator[Band]:
    """Yield bands that show much the same, as red, green and blue do."""
    shape = scene.background.polar.shape
    ground = _ground(scene.background, rng)
    hue = rng.uniform(0, 8) * _smooth_noise((10, 48), shape, rng)
    for _ in range(count):
        own_light = light._replace(glow_spreads=light.glow_spreads * rng.uniform(0.7, 1.3))
        own_ground = ground * rng.uniform(0.7, 1.2) + rng.uniform(-1, 1) * hue
        yield _band(scene, own, own_ground, own_light, rng, is_dark=is_dark)


def _unlike_bands(
    scene: Scene, own: Floats, light: _Light, rng: np.random.Generator, *, count: int
) -> Iterator[Band]:
    """Yield bands with contrasts of their own; fresh ejecta are bright in one of them at least."""
    bright = int(rng.integers(count))
    for band in range(count):
        is_inverted = band != bright and rng.random() < INVERTED_SHARE
        own_light = _Light(
            light.glow_spreads * log_uniform(rng, 0.4, 1.6),
            light.cubic,
            -1.0 if is_inverted else 1.0,
        )
        ground = _ground(scene.background, rng, sign=own_light.sign)
        yield _band(scene, own, ground, own_light, rng, is_dark=False)


def _band(
    scene: Scene,
    own: Floats,
    ground: Floats,
    light: _Light,
    rng: np.random.Generator,
    *,
    is_dark: bool,
) -> Band:
    is_real = scene.background.is_real
    noise = log_uniform(rng, 0.2, 3.0) if is_real else log_uniform(rng, 0.3, 5.0)
    spread = np.hypot(_ring_spread(ground), noise)
    near = float(np.median(spread[NEAR_ROWS]))
    glow = near * light.glow_spreads
    is_cavity = scene.fresh >= 1.0
    added = glow * ((1 - light.cubic) * own + light.cubic * own**3)
    melt = _melt(scene, near, rng)
    if is_dark or not glow:
        signal = np.zeros_like(own)
    else:
        limit = np.maximum(VISIBLE_LIGHT * glow, VISIBLE_SPREAD * spread)
        signal = np.where(is_cavity | (added + melt < limit), 0, added / limit)
    change = (-0.6 if is_dark else 1.0) * added + melt
    change += _crater(scene, is_cavity, near, glow, rng)
    grey = imaged(ground + light.sign * change, rng) + noise * _pixel_noise(scene, rng)
    return Band(np.rint(grey), signal)


def _ground(background: Background, rng: np.random.Generator, *, sign: float = 1.0) -> Floats:
    """Return grey levels of the surroundings under random albedo, light, units and texture.

    With a sign of -1 fresh material of other craters is dark, as in the second principal component.
    """
    layers, shape = background.layers, background.polar.shape
    if background.is_real:
        grey = sign * layers[0] * log_uniform(rng, 0.6, 1.6)
    else:
        albedo, plains, shade, others, spots, seams = layers
        grey = 95 + rng.uniform(4, 20) * albedo
        grey = grey + log_uniform(rng, 20, 150) * rng.uniform(0.2, 1.0) * shade
        grey += 3.5 * rng.uniform(0, 1.2) * seams
        if rng.random() < 0.65:  # maria with a sharp edge, or bright plains
            is_plains = plains > rng.uniform(0.2, 0.8)
            grey += rng.uniform(-70, 12) * rng.uniform(0.4, 1.0) * is_plains
        cubic = rng.uniform(0, 0.5)
        grey += sign * log_uniform(rng, 20, 90) * (others + cubic * others**3)
        grey += sign * log_uniform(rng, 15, 90) * spots
    roughness = log_uniform(rng, 0.3, 4)
    for cells in ((10, 48), (40, 192)):
        grey = grey + roughness * rng.random() * _smooth_noise(cells, shape, rng)
    if rng.random() < 0.5:
        azimuth = background.polar.azimuth_rad + rng.uniform(0, 2 * math.pi)
        grey = grey + rng.uniform(0, 14) * np.cos(azimuth)
    return grey.astype(np.float32)


def _smooth_noise(
    cells: tuple[int, int], shape: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Return smooth noise without a seam in azimuth, ``shape``."""
    noise = rng.standard_normal(cells, np.float32)
    factors = (shape[0] / cells[0], shape[1] / cells[1])
    return np.asarray(zoom(noise, factors, order=1, mode="grid-wrap", grid_mode=True))


def _ring_spread(grey: Floats) -> Floats:
    """Return the robust spread of each ring, smooth over rows, ``(rows, 1)``."""
    median = np.median(grey, axis=1, keepdims=True)
    sigma = MAD_TO_SIGMA * np.median(np.abs(grey - median), axis=1, keepdims=True)
    return np.maximum(gaussian_filter1d(sigma, 5.0, axis=0, mode="nearest"), LEAST_SPREAD)


def _melt(scene: Scene, near: float, rng: np.random.Generator) -> Floats | float:
    """Return the darkening by a collar of impact melt, grey levels <= 0."""
    collar = scene.deposit.collar_radii
    if not collar and rng.random() > 0.15:
        return 0.0
    end = collar or rng.uniform(1.2, 2.2)
    inside = 1 - np.clip((scene.range_radii / end - 0.75) / 0.4, 0, 1)
    depth = near * rng.uniform(0, 2.2)
    return (-depth * inside * (scene.range_radii > 1)).astype(np.float32)


def _crater(
    scene: Scene, is_cavity: NDArray[np.bool_], near: float, glow: float, rng: np.random.Generator
) -> Floats:
    """Return what the crater itself adds: floor, rim and the shading of its flanks."""
    beyond = scene.range_radii - 1
    floor = near * rng.normal(0, 2.0) + 0.6 * glow * rng.random()
    rim = near * rng.normal(1.0, 1.5) * np.exp(-((beyond / log_uniform(rng, 0.06, 0.2)) ** 2))
    flank = np.exp(-np.maximum(beyond, 0) / 0.15) * near * rng.uniform(0, 4)
    flank *= np.cos(scene.azimuth_rad - rng.uniform(0, 2 * math.pi))
    return (rim + flank + is_cavity * floor).astype(np.float32)


def imaged(grey: Floats, rng: np.random.Generator) -> Floats:
    """Return what a mosaic makes of grey levels: blur, tone curve, saturation."""
    if rng.random() < 0.3:
        grey = blurred(grey, (rng.uniform(0.2, 1.0), rng.uniform(0.2, 1.6)))
    low, high = (float(np.percentile(grey, share)) for share in (0.2, 99.8))
    tone = (grey - low) / max(high - low, 20)
    grey = low + max(high - low, 20) * np.sign(tone) * np.abs(tone) ** rng.uniform(0.7, 1.5)
    if rng.random() < 0.3:
        grey = np.minimum(grey, np.percentile(grey, rng.uniform(97.5, 99.9)))
    return grey.astype(np.float32)


def _pixel_noise(scene: Scene, rng: np.random.Generator) -> Floats:
    """Return noise of the mosaic's pixels: cells that show the same pixel share it."""
    polar = scene.background.polar
    noise = rng.standard_normal(polar.shape, np.float32)
    cell = np.sin(np.minimum(polar.range_rad, np.pi / 2)) * (2 * np.pi / polar.cols)
    shared = 2 * np.pi / scene.background.basemap.width_px / cell
    for fewest, most, sigma in ((1.5, 4, 1.2), (4, 12, 3.0), (12, math.inf, 8.0)):
        rows = (shared >= fewest) & (shared < most)
        if rows.any():
            smooth = gaussian_filter1d(noise[rows], sigma, axis=1, mode="wrap")
            noise[rows] = smooth / max(float(smooth.std()), 1e-3)
    return noise


def blurred(values: Floats, sigmas: tuple[float, float]) -> Floats:
    """Blur along range and azimuth, which has no seam."""
    by_range = gaussian_filter1d(values, sigmas[0], axis=0, mode="nearest")
    return gaussian_filter1d(by_range, sigmas[1], axis=1, mode="wrap")
