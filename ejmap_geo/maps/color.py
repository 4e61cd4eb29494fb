"""Colours of craters: a function of the id or the name, never of chance or order.

Hues are spread in Oklch, a space in which equal steps look equally different (B. Ottosson, "A
perceptual color space for image processing", 2020).
"""

import math
import unicodedata
from typing import NamedTuple

import numpy as np

# The turn that keeps the hues of any run of consecutive ids apart.
GOLDEN_ANGLE_DEG = 180 * (3 - math.sqrt(5))
# Six lightnesses in turn separate ids whose hues come close after 8, 13, 21, 55 or 89 turns. The
# order was chosen by the smallest difference within the 119 craters of the published map: 0.021 in
# Oklab, where about 0.02 can be seen side by side, and 0.064 within any 24 consecutive ids tried.
LIGHTNESS = (0.72, 0.78, 0.67, 0.84, 0.61, 0.55)
CHROMA = 0.19

# Rayed craters of Mercury keep their colour in every catalogue, whatever their id there. Neighbours
# in this list are far apart in hue.
NAMED_CRATERS = (
    "Hokusai",
    "Debussy",
    "Kuiper",
    "Degas",
    "Basho",
    "Han Kan",
    "Enwonwu",
    "Amaral",
    "Waters",
    "Xiao Zhao",
    "Fonteyn",
    "Apollodorus",
    "Balanchine",
    "Bartok",
    "Copland",
    "Mena",
    "Snorri",
    "Tyagaraja",
    "Seuss",
    "Stevenson",
    "Warhol",
    "Eminescu",
)

LMS_TO_LINEAR = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
LAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)


class Rgb(NamedTuple):
    """An sRGB colour, 0 to 255 each."""

    red: int
    green: int
    blue: int

    @property
    def opaque(self) -> tuple[int, int, int, int]:
        """The colour with an alpha of 255."""
        return self.red, self.green, self.blue, 255

    @property
    def clear(self) -> tuple[int, int, int, int]:
        """The colour with an alpha of 0."""
        return self.red, self.green, self.blue, 0


def crater_color(crater_id: int, name: str = "") -> Rgb:
    """Return the colour of a crater: by its name if it is a known one, by its id otherwise."""
    known = {known.lower(): place for place, known in enumerate(NAMED_CRATERS)}
    place = known.get(_plain(name), len(NAMED_CRATERS) + crater_id)
    return _oklch(LIGHTNESS[place % len(LIGHTNESS)], CHROMA, place * GOLDEN_ANGLE_DEG)


def _plain(name: str) -> str:
    """Return a name in lower case without accents: catalogues write Basho and Bash\u014d."""
    letters = unicodedata.normalize("NFKD", name.strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _oklch(lightness: float, chroma: float, hue_deg: float) -> Rgb:
    """Convert to sRGB, at less chroma where the screen cannot show as much."""
    hue = math.radians(hue_deg)
    linear = np.full(3, -1.0)
    while ((linear < 0) | (linear > 1)).any() and chroma > 0:
        lab = np.array([lightness, chroma * math.cos(hue), chroma * math.sin(hue)])
        linear = LMS_TO_LINEAR @ (LAB_TO_LMS @ lab) ** 3
        chroma -= 0.005
    linear = np.clip(linear, 0, 1)
    # The transfer function of sRGB, IEC 61966-2-1.
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return Rgb(*(round(float(value) * 255) for value in srgb))
