"""Published masks lie where they were, whole or cropped."""

import numpy as np
import pytest
import rasterio

from ejmap_geo.errors import RasterError
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.masks import read_manual_masks, read_output_mask
from tests.published_fixture import RUN, PublishedFixture


def test_manual_masks_are_those_of_labelled_craters(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """Pixel for pixel, although the extent overshoots the planet by fractions of a millimetre."""
    craters, basemap = made.planet.craters, made.planet.basemap

    masks = dict(read_manual_masks(published, craters, basemap=basemap))

    assert [crater.crater_id for crater in masks] == [0, 3, 12]
    for crater, placed in masks.items():
        full = np.zeros(basemap.shape, np.bool_)
        placed.paste_into(full)
        np.testing.assert_array_equal(full, made.manual_mask(crater))


@pytest.mark.parametrize("crater_id", [0, 3, 12, 210])
def test_output_masks_are_placed_by_their_bounds(
    crater_id: int, published: PublishedFolder, made: PublishedFixture
) -> None:
    """Across the antimeridian and next to the pole, where crops are as wide as the planet."""
    basemap = made.planet.basemap

    placed = read_output_mask(published, crater_id, run=RUN, basemap=basemap)

    full, truth = (np.zeros(basemap.shape, np.bool_) for _ in range(2))
    placed.paste_into(full)
    made.planet.truth[crater_id].paste_into(truth)
    np.testing.assert_array_equal(full, truth)


def test_values_other_than_0_and_1_are_refused(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """Crater ids under the name of a mask, say."""
    path = mine.required(layout.MANUAL_MASK, crater=0)
    with rasterio.open(path, "r+") as raster:
        raster.write(np.full((1, *raster.shape), 7, np.uint8))

    with pytest.raises(RasterError, match="must hold 0"):
        list(read_manual_masks(mine, made.planet.craters, basemap=made.planet.basemap))
