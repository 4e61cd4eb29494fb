"""A mosaic that cannot be an image of a planet is told as a whole."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray

from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.rasters.mosaic_sanity import oddities
from ejmap_project.reference.reference_mosaics import reference_mosaic


def _planet() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(40, 200, (1, 90, 180), np.uint8)


def _clipped(grey: int, share: float) -> NDArray[np.uint8]:
    image = _planet()
    image.reshape(-1)[: round(share * image.size)] = grey
    return np.random.default_rng(1).permuted(image.reshape(1, -1)).reshape(image.shape)


def _with(rows: slice, cols: slice) -> NDArray[np.uint8]:
    image = _planet()
    image[0, rows, cols] = 128
    return image


@pytest.mark.parametrize(
    ("mosaic", "sentence"),
    [
        pytest.param(np.zeros((1, 90, 180), np.uint8), "nothing of the mosaic", id="empty"),
        pytest.param(np.full((1, 90, 180), 9, np.uint8), "all pixels of band 1 are 9", id="grey"),
        pytest.param(_clipped(1, 0.95), r"95.0% of band 1 is black \(1\)", id="black"),
        pytest.param(_clipped(255, 0.95), r"95.0% of band 1 is white \(255\)", id="white"),
    ],
)
def test_a_mosaic_on_which_nothing_can_be_mapped_is_fatal(
    mosaic: NDArray[np.uint8], sentence: str
) -> None:
    """Nothing imaged, one grey, and nearly all of it at an end."""
    (found,) = oddities(mosaic)

    assert found.is_fatal
    assert re.search(sentence, found.sentence)


@pytest.mark.parametrize(
    ("mosaic", "sentence"),
    [
        pytest.param(_clipped(1, 0.05), r"5.0% of band 1 is black \(1\)", id="clipped-black"),
        pytest.param(_clipped(255, 0.05), r"5.0% of band 1 is white \(255\)", id="clipped-white"),
        pytest.param(_with(np.s_[80:], np.s_[:]), "11.1% of the rows", id="cut-off"),
        pytest.param(_with(np.s_[:], np.s_[7:9]), "1.1% of the columns", id="stripes"),
        pytest.param(np.repeat(_planet(), 2, axis=0), "bands 1 and 2.* the same", id="equal-bands"),
    ],
)
def test_a_mosaic_that_lost_something_asks_for_a_look(
    mosaic: NDArray[np.uint8], sentence: str
) -> None:
    """It may be mapped: clipped, cut off or striped, and grey stored as colour."""
    (found,) = oddities(mosaic)

    assert not found.is_fatal
    assert re.search(sentence, found.sentence)


def test_a_planet_is_not_odd() -> None:
    """The real Mercury and Moon, with their black shadows, give no cause."""
    for body in (MERCURY, MOON):
        assert oddities(reference_mosaic(body)[0]) == []
