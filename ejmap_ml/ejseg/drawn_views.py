"""Training views that are drawn anew for every sample: a crater's ejecta on a known background.

Networks trained on planets of one making look for the habits of that making: they missed Tycho
whole, since its dark collar was the sign of a zone of avoidance. Here a background, of a synthetic
planet or of a real mosaic, is resampled once; then shape, contrast and visibility of the ejecta and
the way that the mosaic was made are drawn for every sample (domain randomisation: Tobin et al.,
2017, arXiv:1703.06907).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, zoom

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.synthetic.deposit import Deposit, draw_deposit
from ejmap_geo.synthetic.ejecta import polar_intensity
from ejmap_geo.synthetic.polar_places import seen_places, seen_width_radii
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import view_channels
from ejmap_ml.ejseg.view_scaling import MAD_TO_SIGMA

Floats = NDArray[np.floating]

# Ejecta are labelled where they add more grey levels than these shares of the light at the rim and
# of the spread of the ring: what is fainter nobody can see, and nobody can learn to see it.
VISIBLE_LIGHT, VISIBLE_SPREAD = 0.07, 0.33
# Around that limit the label rises from 0 to 1, since two people would not draw the same edge.
LABEL_EDGE = 0.25
# Robust sigmas of the ring; a mosaic has 8 bits, so no ring is flatter than a level or two.
LEAST_SPREAD = 2.0
# Where the surroundings of a crater are, as rows of a view: their spread is the unit of light.
NEAR_ROWS = slice(5, 100)
# Light at the rim in units of that spread. Rays drawn by eye on Mercury and the Moon stand out by
# 0.5 to 1.4 spreads, blankets by more.
GLOW_SPREADS = (0.9, 7.0)
NOTHING_SHARE, DARK_SHARE = 0.07, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The surroundings of a place without the ejecta of the crater that will be drawn there.

    Attributes:
        layers: ``(6, rows, cols)``: albedo, plains, shade, light of other craters' ejecta, light of
            spots, seams, as ``ejmap_geo.synthetic.planet`` makes them; or ``(1, rows, cols)`` grey
            levels of a real mosaic.
        polar: Grid of the layers.
        basemap: Grid of the mosaic they were taken from.
    """

    layers: Floats
    polar: PolarGrid
    basemap: BasemapGrid

    @property
    def is_real(self) -> bool:
        """Whether it is a real mosaic."""
        return len(self.layers) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A background with a crater: what lies there, before anything is said of how it looks.

    Attributes:
        background: The surroundings.
        deposit: Shape of the ejecta.
        range_radii: Range of what each cell shows, ``(rows, cols)``.
        azimuth_rad: Its azimuth.
        fresh: How much fresh material covers it, 0 to 1; 1 inside the rim only.
    """

    background: Background
    deposit: Deposit
    range_radii: NDArray[np.float64]
    azimuth_rad: NDArray[np.float64]
    fresh: Floats


def draw_scene(background: Background, rng: np.random.Generator) -> Scene:
    """Throw ejecta of random shape on a background."""
    polar, basemap = background.polar, background.basemap
    deposit = draw_deposit(rng, radius_rad=polar.radius_m / polar.body.radius_m)
    range_radii, azimuth_rad = seen_places(polar, basemap)
    fresh = polar_intensity(range_radii, azimuth_rad, seen_width_radii(polar, basemap), deposit)
    return Scene(
        background=background,
        deposit=deposit,
        range_radii=range_radii,
        azimuth_rad=azimuth_rad,
        fresh=fresh,
    )


def draw_view(
    scene: Scene, rng: np.random.Generator, *, config: PolarViewConfig
) -> tuple[Floats, Floats]:
    """Draw how a scene looks, and what of its ejecta can be seen.

    Args:
        scene: What lies there.
        rng: Source of all chance.
        config: The view; its grid is that of the scene.

    Returns:
        The channels of :func:`polar_view.polar_view` for one band, and the target ``(rows, cols)``
        in 0..1; turned and mirrored at random.
    """
    polar = scene.background.polar
    ground = _ground(scene.background, rng)
    is_real = scene.background.is_real
    noise = _log_uniform(rng, 0.2, 3.0) if is_real else _log_uniform(rng, 0.3, 5.0)
    spread = np.hypot(_ring_spread(ground), noise)
    near = float(np.median(spread[NEAR_ROWS]))
    is_cavity = scene.fresh >= 1.0
    own = _softened(np.where(is_cavity, 0, scene.fresh), polar, rng)
    kind = rng.random()
    glow = 0.0 if kind < NOTHING_SHARE else near * _log_uniform(rng, *GLOW_SPREADS)
    cubic = rng.uniform(0, 0.5)
    light = glow * ((1 - cubic) * own + cubic * own**3)
    melt = _melt(scene, near, rng)
    is_dark = kind > 1 - DARK_SHARE
    if is_dark or not glow:
        target = np.zeros_like(own)
    else:
        limit = np.maximum(VISIBLE_LIGHT * glow, VISIBLE_SPREAD * spread)
        target = np.clip((light / limit - 1 + LABEL_EDGE) / (2 * LABEL_EDGE), 0, 1)
        target = np.where(is_cavity | (light + melt < limit), 0, target)
    grey = ground + (-0.6 if is_dark else 1.0) * light + melt
    grey += _crater(scene, is_cavity, near, glow, rng)
    grey = np.rint(_imaged(grey, rng) + noise * _pixel_noise(scene, rng))
    is_valid = polar.is_on_planet[:, None] & _imaged_part(polar.shape, rng)
    view = view_channels(
        grey[None],
        is_valid,
        polar=polar,
        radius_px=polar.radius_m / scene.background.basemap.resolution_m,
        scaling=config.scaling,
    )
    turn, is_mirrored = int(rng.integers(polar.cols)), rng.random() < 0.5
    moved = (np.roll(part, turn, axis=-1) for part in (view, (target * is_valid)))
    view, target = (part[..., ::-1] if is_mirrored else part for part in moved)
    return np.ascontiguousarray(view, np.float32), np.ascontiguousarray(target, np.float32)


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _ground(background: Background, rng: np.random.Generator) -> Floats:
    """Return grey levels of the surroundings under random albedo, light, units and texture."""
    layers, shape = background.layers, background.polar.shape
    if background.is_real:
        grey = layers[0] * _log_uniform(rng, 0.6, 1.6)
    else:
        albedo, plains, shade, others, spots, seams = layers
        grey = 95 + rng.uniform(4, 20) * albedo
        grey = grey + _log_uniform(rng, 20, 150) * rng.uniform(0.2, 1.0) * shade
        grey += 3.5 * rng.uniform(0, 1.2) * seams
        if rng.random() < 0.65:  # maria with a sharp edge, or bright plains
            is_plains = plains > rng.uniform(0.2, 0.8)
            grey += rng.uniform(-70, 12) * rng.uniform(0.4, 1.0) * is_plains
        cubic = rng.uniform(0, 0.5)
        grey += _log_uniform(rng, 20, 90) * (others + cubic * others**3)
        grey += _log_uniform(rng, 15, 90) * spots
    roughness = _log_uniform(rng, 0.3, 4)
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


def _softened(fresh: Floats, polar: PolarGrid, rng: np.random.Generator) -> Floats:
    """Return ejecta of random contrast, blurred in half of the cases; far rays stay thin."""
    own = fresh ** np.float32(rng.uniform(0.7, 1.4))
    if rng.random() < 0.5:
        return own
    sigmas = (0.5 * _log_uniform(rng, 0.3, 2.5), _log_uniform(rng, 0.4, 5.0))
    far = np.clip((polar.range_radii - 14) / 8, 0, 1)[:, None].astype(np.float32)
    return own * far + _blurred(own, sigmas) * (1 - far)


def _blurred(values: Floats, sigmas: tuple[float, float]) -> Floats:
    """Blur along range and azimuth, which has no seam."""
    by_range = gaussian_filter1d(values, sigmas[0], axis=0, mode="nearest")
    return gaussian_filter1d(by_range, sigmas[1], axis=1, mode="wrap")


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
    rim = near * rng.normal(1.0, 1.5) * np.exp(-((beyond / _log_uniform(rng, 0.06, 0.2)) ** 2))
    flank = np.exp(-np.maximum(beyond, 0) / 0.15) * near * rng.uniform(0, 4)
    flank *= np.cos(scene.azimuth_rad - rng.uniform(0, 2 * math.pi))
    return (rim + flank + is_cavity * floor).astype(np.float32)


def _imaged(grey: Floats, rng: np.random.Generator) -> Floats:
    """Return what a mosaic makes of grey levels: blur, tone curve, saturation."""
    if rng.random() < 0.3:
        grey = _blurred(grey, (rng.uniform(0.2, 1.0), rng.uniform(0.2, 1.6)))
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


def _imaged_part(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return what was imaged: nearly always all, else a sector ends early."""
    imaged = np.ones(shape, np.bool_)
    if rng.random() < 0.08:
        first, count = int(rng.integers(shape[1])), int(rng.integers(20, 200))
        imaged[int(rng.integers(20, 150)) :, (first + np.arange(count)) % shape[1]] = False
    return imaged
