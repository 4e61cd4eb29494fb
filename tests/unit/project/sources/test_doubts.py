"""Doubts about mosaic and catalogue as a whole are sentences with what was found."""

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_project.errors import SourceError
from ejmap_project.reference.reference_crater import reference_craters
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.sources.doubts import colour_doubts, mosaic_doubts, place_doubts


def test_a_mosaic_without_an_image_is_refused_with_all_that_is_wrong() -> None:
    """One band of one grey, and one of nodata."""
    raster = np.stack([np.full((32, 64), 9, np.uint8), np.zeros((32, 64), np.uint8)])

    with pytest.raises(SourceError, match=r"band 1 are 9.*; and nothing of band 2 was imaged"):
        mosaic_doubts(raster)


def test_a_mosaic_under_a_mirrored_catalogue_is_doubted() -> None:
    """The sentence says what would fit, and where to look."""
    raster, grid = reference_mosaic(MERCURY)
    known = reference_craters()
    craters = [one.as_crater() for (body, _), one in known.items() if body == "Mercury"]

    fitting, _ = place_doubts(raster, grid, craters)
    (sentence,), measured = place_doubts(raster[:, :, ::-1], grid, craters)

    assert fitting == []
    assert measured is not None
    assert "it would if longitudes had the other sign (east and west exchanged)" in sentence
    assert "check CRS and central meridian of the mosaic" in sentence


@pytest.mark.parametrize(("inverted", "pairs"), [(None, 0), (0, 2), (1, 2), (2, 2)])
def test_a_colour_whose_sign_was_changed_is_doubted(inverted: int | None, pairs: int) -> None:
    """Red, green and blue of a planet are brighter and darker together."""
    (grey,), _ = reference_mosaic(MERCURY)
    noise = np.random.default_rng(3).normal(0, 20, (3, *grey.shape))
    raster = np.where(grey > 0, np.clip(grey + noise, 1, 255), 0).astype(np.uint8)
    if inverted is not None:
        raster[inverted] = np.where(grey > 0, 256 - raster[inverted].astype(int), 0)

    doubts = colour_doubts(raster, "rgb")

    assert len(doubts) == pairs
    names = {None: "", 0: "red", 1: "green", 2: "blue"}
    assert all(names[inverted] in one for one in doubts)
    assert colour_doubts(raster, "mercury-enhanced") == []


def test_a_named_band_that_is_another_inverted_is_doubted() -> None:
    """The mean of both would be one grey everywhere."""
    (grey,), _ = reference_mosaic(MERCURY)
    inverted = np.where(grey > 0, 256 - grey.astype(int), 0).astype(np.uint8)

    (doubt,) = colour_doubts(np.stack([grey, inverted]), ("750", "950"))

    assert "750 and 950" in doubt
    assert colour_doubts(np.stack([grey, grey]), ("750", "950")) == []
