"""Label maps: ids, overlaps and codes against whole-array arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ejmap_geo.errors import CatalogueError, RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.label_map import NODATA, SEVERAL, label_map
from ejmap_geo.masks.placed_mask import PlacedMask

BASEMAP = BasemapGrid(body=MERCURY, width_px=12)


def placed(mask: np.ndarray) -> PlacedMask:
    """Return a whole-basemap mask as a placed one."""
    return PlacedMask.from_full(mask, BASEMAP)


@given(arrays(np.bool_, (3, *BASEMAP.shape)), st.permutations([0, 41, 65533]))
def test_every_pixel_carries_its_crater_whatever_the_order(
    masks: np.ndarray, order: list[int]
) -> None:
    """One claim gives the id (0 included), several give the code, none gives nodata."""
    by_id = dict(zip((0, 41, 65533), masks, strict=True))

    labels, overlap_count = label_map(
        {crater_id: placed(by_id[crater_id]) for crater_id in order}, basemap=BASEMAP
    )

    np.testing.assert_array_equal(overlap_count, masks.sum(0))
    assert (labels[overlap_count == 0] == NODATA).all()
    assert (labels[overlap_count > 1] == SEVERAL).all()
    for crater_id, mask in by_id.items():
        assert (labels[mask & (overlap_count == 1)] == crater_id).all()


def test_codes_are_the_two_highest_numbers_of_the_raster() -> None:
    """Readers of the published file rely on 65534 and 65535."""
    assert SEVERAL == 65534
    assert np.iinfo(np.uint16).max == NODATA


def test_a_mask_across_the_antimeridian_lands_on_both_sides() -> None:
    """The raster is written in two pieces."""
    mask = np.zeros(BASEMAP.shape, np.bool_)
    mask[3, [0, 11]] = True

    labels, _ = label_map({7: placed(mask)}, basemap=BASEMAP)

    assert placed(mask).mask.shape == (1, 2)
    np.testing.assert_array_equal(np.argwhere(labels == 7), [[3, 0], [3, 11]])


def test_an_id_that_would_read_as_a_code_is_refused() -> None:
    """65534 as a crater could not be told from an overlap."""
    with pytest.raises(CatalogueError, match="65534"):
        label_map({65534: PlacedMask.empty()}, basemap=BASEMAP)


@pytest.mark.parametrize("row", [-1, 4, 3000])
def test_a_mask_of_another_basemap_is_refused(row: int) -> None:
    """Rows beyond a pole would be written elsewhere in memory."""
    window = Window(row=row, col=2, height=3, width=3)
    mask = PlacedMask(mask=np.ones((3, 3), np.bool_), window=window)

    with pytest.raises(RasterError, match="crater 7 fills rows"):
        label_map({7: mask}, basemap=BASEMAP)
