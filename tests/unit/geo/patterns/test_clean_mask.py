"""Clean masks: what exactly one crater claims."""

import numpy as np

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.placed_mask import PlacedMask, crop, disc
from ejmap_geo.patterns.clean_mask import claimed_by_others, clean_mask

GRID = BasemapGrid(body=MERCURY, width_px=720)


def test_two_overlapping_discs_lose_what_they_share() -> None:
    """Two discs astride the antimeridian: each keeps what lies outside of the other."""
    masks = {
        number: disc(GRID, center=LonLat(lon_deg, 12), radius_m=400_000)
        for number, lon_deg in ((1, 176.0), (2, -177.0))
    }
    overlaps = label_map(masks, basemap=GRID).overlap_count
    full = [np.zeros(GRID.shape, np.bool_) for _ in masks]
    for one, mask in zip(full, masks.values(), strict=True):
        mask.paste_into(one)

    clean, others = np.zeros(GRID.shape, np.bool_), np.zeros(GRID.shape, np.bool_)
    for of, there in ((clean_mask, clean), (claimed_by_others, others)):
        of(masks[1], lambda window: crop(overlaps, window), basemap=GRID).paste_into(there)

    assert (full[0] & full[1]).any()
    np.testing.assert_array_equal(clean, full[0] & ~full[1])
    # Of the other disc, what lies in the window of the first: beside its edge, too.
    np.testing.assert_array_equal(others & full[0], full[0] & full[1])
    assert (others & ~full[0]).any()
    assert not (others & ~full[1]).any()


def test_a_mask_of_nothing_stays_one() -> None:
    """A crater without ejecta shares none."""
    counts = np.zeros(GRID.shape, np.uint16)

    for of in (clean_mask, claimed_by_others):
        found = of(PlacedMask.empty(), lambda window: crop(counts, window), basemap=GRID)
        assert found.window is None
