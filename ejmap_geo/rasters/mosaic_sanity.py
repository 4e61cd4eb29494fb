"""What is odd about a mosaic as a whole: empty, one grey, clipped, the same band twice, stripes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo import statements

# Of imaged pixels. The real Mercury and Moon have at most 1.1 per cent at an end.
CLIPPED_SHARE = 0.03
LOST_SHARE = 0.9
BLACK, WHITE = 1, 255
# Rows next to a pole are constant where a polar image was stretched to the equator's width.
CONSTANT_ROWS_SHARE = 0.02
CONSTANT_COLS_SHARE = 0.005
# Of a row or column: fewer imaged pixels may be the same by chance.
FEWEST_PX = 16


class Oddity(NamedTuple):
    """Something odd about a mosaic.

    Attributes:
        sentence: What was found, and what to do.
        is_fatal: Whether nothing can be mapped on such a mosaic.
    """

    sentence: str
    is_fatal: bool


def oddities(raster: NDArray[np.uint8]) -> list[Oddity]:
    """Return what is odd about a mosaic; nothing for one that looks like a planet.

    Args:
        raster: ``(band, rows, cols)``, grey levels 1 to 255, and 0 where nothing was imaged.
    """
    if not raster.any():
        return [Oddity("nothing of the mosaic was imaged: every pixel is nodata", True)]
    found = [one for number, band in enumerate(raster, 1) for one in _of_band(band, number)]
    same = (
        f"bands {', '.join(map(str, group[:-1]))} and {group[-1]} of the mosaic are the same; give "
        "a grey image as one band"
        for group in _equal_bands(raster)
    )
    return [*found, *(Oddity(sentence, False) for sentence in same)]


def _equal_bands(raster: NDArray[np.uint8]) -> list[list[int]]:
    """Return the numbers of bands that are the same, a list for each image that is there twice."""
    groups: list[list[int]] = []
    for number, band in enumerate(raster, 1):
        alike = (group for group in groups if np.array_equal(raster[group[0] - 1], band))
        group = next(alike, None)
        if group is None:
            groups.append([number])
        else:
            group.append(number)
    return [group for group in groups if len(group) > 1]


def _of_band(band: NDArray[np.uint8], number: int) -> list[Oddity]:
    counts = np.bincount(band.ravel(), minlength=256)[1:]
    imaged_px = int(counts.sum())
    if not imaged_px:
        return [Oddity(f"nothing of band {number} was imaged: every pixel is nodata", True)]
    if np.count_nonzero(counts) == 1:
        grey = int(counts.argmax()) + 1
        remedy = f"check the values of black and white ({statements.value_range()})"
        return [Oddity(f"all pixels of band {number} are {grey}; {remedy}", True)]
    found: list[Oddity] = []
    for grey, word in ((BLACK, "black"), (WHITE, "white")):
        share = float(counts[grey - 1]) / imaged_px
        if share > CLIPPED_SHARE:
            found.append(
                Oddity(
                    f"{share:.1%} of band {number} is {word} ({grey}); what differs there is lost: "
                    f"state a wider range ({statements.value_range()}), or give a mosaic that is "
                    "not clipped",
                    share > LOST_SHARE,
                )
            )
    if any(one.is_fatal for one in found):
        return found
    for axis, (word, limit) in enumerate(
        (("columns", CONSTANT_COLS_SHARE), ("rows", CONSTANT_ROWS_SHARE))
    ):
        share = _constant_share(band, axis)
        if share > limit:
            found.append(
                Oddity(
                    f"{share:.1%} of the {word} of band {number} are one grey from end to end; "
                    "check whether the file is cut off or has stripes",
                    False,
                )
            )
    return found


def _constant_share(band: NDArray[np.uint8], axis: int) -> float:
    """Return the share of imaged lines along an axis whose imaged pixels are all the same."""
    is_imaged = np.count_nonzero(band, axis=axis) >= FEWEST_PX
    if not is_imaged.any():
        return 0.0
    highest = band.max(axis=axis)
    lowest = np.where(band == 0, 255, band).min(axis=axis)
    return float(np.mean((highest == lowest)[is_imaged]))
