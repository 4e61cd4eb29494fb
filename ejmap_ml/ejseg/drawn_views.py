"""Training views that are drawn anew for every sample: a crater's ejecta on a known background.

Networks trained on planets of one making look for the habits of that making: they missed Tycho
whole, since its dark collar was the sign of a zone of avoidance. Here a background, of a synthetic
planet or of a real mosaic, is resampled once; then shape, contrast and visibility of the ejecta and
the way that the mosaic was made are drawn for every sample (domain randomisation: Tobin et al.,
2017, arXiv:1703.06907).
"""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.synthetic.deposit import log_uniform
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.drawn_appearance import blurred, draw_bands
from ejmap_ml.ejseg.drawn_scene import Scene
from ejmap_ml.ejseg.polar_view import view_channels

Floats = NDArray[np.floating]

# Where the signal passes the least that is seen, the label rises from 0 to 1, since two people
# would not draw the same edge.
LABEL_EDGE = 0.25


def draw_view(
    scene: Scene, rng: np.random.Generator, *, config: PolarViewConfig, bands: int = 1
) -> tuple[Floats, Floats]:
    """Draw how a scene looks, and what of its ejecta can be seen.

    Args:
        scene: What lies there.
        rng: Source of all chance.
        config: The view; its grid is that of the scene.
        bands: Number of bands.

    Returns:
        The channels of :func:`polar_view.polar_view`, and the target ``(rows, cols)`` in 0..1;
        turned and mirrored at random. The target is set where ejecta are seen in any band.
    """
    polar = scene.background.polar
    own = _softened(np.where(scene.fresh >= 1.0, 0, scene.fresh), polar, rng)
    drawn = draw_bands(scene, own, rng, count=bands)
    signal = np.max([band.signal for band in drawn], axis=0)
    target = np.clip((signal - 1 + LABEL_EDGE) / (2 * LABEL_EDGE), 0, 1)
    is_valid = polar.is_on_planet[:, None] & _imaged_part(polar.shape, rng)
    view = view_channels(
        np.stack([band.grey for band in drawn]),
        is_valid,
        polar=polar,
        radius_px=polar.radius_m / scene.background.basemap.resolution_m,
        scaling=config.scaling,
    )
    turn, is_mirrored = int(rng.integers(polar.cols)), rng.random() < 0.5
    moved = (np.roll(part, turn, axis=-1) for part in (view, (target * is_valid)))
    view, target = (part[..., ::-1] if is_mirrored else part for part in moved)
    return np.ascontiguousarray(view, np.float32), np.ascontiguousarray(target, np.float32)


def _softened(fresh: Floats, polar: PolarGrid, rng: np.random.Generator) -> Floats:
    """Return ejecta of random contrast, blurred in half of the cases; far rays stay thin."""
    own = fresh ** np.float32(rng.uniform(0.7, 1.4))
    if rng.random() < 0.5:
        return own
    sigmas = (0.5 * log_uniform(rng, 0.3, 2.5), log_uniform(rng, 0.4, 5.0))
    far = np.clip((polar.range_radii - 14) / 8, 0, 1)[:, None].astype(np.float32)
    return own * far + blurred(own, sigmas) * (1 - far)


def _imaged_part(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return what was imaged: nearly always all, else a sector ends early."""
    imaged = np.ones(shape, np.bool_)
    if rng.random() < 0.08:
        first, count = int(rng.integers(shape[1])), int(rng.integers(20, 200))
        imaged[int(rng.integers(20, 150)) :, (first + np.arange(count)) % shape[1]] = False
    return imaged
