"""Doubts about mosaic and catalogue as a whole are sentences with what was found."""

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_project.errors import SourceError
from ejmap_project.reference.reference_crater import reference_craters
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.sources.doubts import mosaic_doubts, place_doubts


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
