"""What the camera makes of the surface: three colour bands, or one grey mosaic."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.synthetic.terrain import Seams, Surface


class Scene(NamedTuple):
    """Everything that is to be seen, each field ``(rows, cols)`` float32.

    Attributes:
        surface: Albedo and units.
        shade: Brightening by slopes towards the sun, about -1 to 1.
        brightness: Brightness of fresh material, 0 to 1.
        colour: Colour of fresh material, 0 to 1; fades earlier than brightness.
    """

    surface: Surface
    shade: NDArray[np.float32]
    brightness: NDArray[np.float32]
    colour: NDArray[np.float32]


COLOUR_BANDS = 3
# Grey levels that full brightness adds to the first principal component, and its mean level.
FRESH_LEVELS = 80.0
_MEAN_LEVEL = 93.0


def colour_bands(scene: Scene) -> NDArray[np.floating]:
    """Return PC2, PC1 and the 430/1000 nm ratio in grey levels, ``(3, rows, cols)``.

    Fresh material is bright (PC1), low in PC2 and blue (high ratio).
    """
    albedo, plains, hue = scene.surface
    pc1 = _MEAN_LEVEL + 15.0 * albedo + 75.0 * scene.shade + FRESH_LEVELS * scene.brightness
    pc2 = 128.0 + 17.0 * hue + 6.0 * albedo + 4.0 * scene.shade - 34.0 * scene.colour
    ratio = 118.0 - 12.0 * hue + 5.0 * albedo - 8.0 * plains + 36.0 * scene.colour
    return np.stack([pc2, pc1, ratio])


def grey_band(scene: Scene) -> NDArray[np.floating]:
    """Return one albedo band like the quick-look mosaic of Mercury, ``(1, rows, cols)``."""
    albedo, fresh = scene.surface.albedo, scene.brightness
    # Rays are faint and cores are white: brightness grows faster than linearly.
    glow = 74.0 * fresh + 36.0 * fresh**3
    grey = _MEAN_LEVEL + 16.0 * albedo + 110.0 * scene.shade + glow
    return grey[None]


def expose(
    bands: NDArray[np.floating],
    *,
    cells: NDArray[np.int16],
    seams: Seams,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Apply the calibration of each image and the sensor's noise; ``(band, rows, cols)``, 1 to 255.

    0 is kept free: it means that there are no data.
    """
    out = np.empty(bands.shape, np.uint8)
    for k, band in enumerate(bands):
        noise = rng.standard_normal(band.shape, np.float32) * 3.0
        level = band * seams.gain[cells, k] + seams.offset[cells, k] + noise
        out[k] = np.clip(np.rint(level), 1, 255)
    return out
