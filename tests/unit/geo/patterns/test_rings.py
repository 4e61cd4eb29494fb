"""Ring counts and blanket radii against whole-array arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.patterns.rings import blanket_radius_px, ring_counts


def grid(half_px: int) -> AzimuthalGrid:
    """Return a raster of 1 km pixels."""
    return AzimuthalGrid(
        body=MERCURY, center=LonLat(10, 20), resolution_m=1000.0, half_size_px=half_px
    )


def distances_px(half_px: int) -> np.ndarray:
    """Return the distance of every pixel centre from the centre of the raster."""
    offset = np.arange(2 * half_px) + 0.5 - half_px
    return np.hypot(offset[:, None], offset)


@given(
    half_px=st.integers(1, 40),
    width_px=st.sampled_from([0.5, 1.0, 3.7, 4.0]),
    first_px=st.sampled_from([0.0, 1.0, 2.5, 30.0]),
    seed=st.integers(0, 99),
)
def test_rings_hold_the_pixels_at_their_distance(
    half_px: int, width_px: float, first_px: float, seed: int
) -> None:
    """As a histogram of all distances, inner edges included."""
    mask = np.random.default_rng(seed).random((2 * half_px, 2 * half_px)) < 0.4
    distance = distances_px(half_px)

    counts = ring_counts(mask, azimuthal=grid(half_px), width_px=width_px, first_px=first_px)

    ring = np.searchsorted(counts.edges_px, distance, side="right") - 1
    for found, of in ((counts.all_px, np.ones_like(mask)), (counts.set_px, mask)):
        expected = np.bincount(ring[of & (ring >= 0)], minlength=counts.all_px.size)
        np.testing.assert_array_equal(found, expected)
    assert counts.all_px.sum() == (distance >= first_px).sum()
    assert (counts.share <= 1).all()


def slow_blanket_radius_px(mask: np.ndarray, radius_px: float, step_px: int) -> int:
    """Return the blanket's end by whole-array comparisons, one ring after the other."""
    half_px = mask.shape[0] // 2
    distance = distances_px(half_px)

    def is_passed(radius: int) -> bool:
        ring = (distance >= radius - step_px / 2) & (distance < radius + step_px / 2)
        return 2 * mask[ring].sum() > ring.sum()

    start = max(int(4 * radius_px), (step_px + 1) // 2)
    end = start
    while is_passed(end) and end < half_px:
        end += step_px
    if end > start or is_passed(end):
        return end
    while end > step_px and not is_passed(end):
        end -= step_px
    return end if end > step_px else 0


@given(
    radius_px=st.floats(1.0, 8.0),
    blanket_px=st.floats(3.0, 60.0),
    ray_share=st.floats(0.0, 1.0),
    seed=st.integers(0, 99),
    step_px=st.sampled_from([1, 3, 4, 10, 33, 48, 60]),
)
def test_the_blanket_ends_where_rings_stop_being_ejecta(
    radius_px: float, blanket_px: float, ray_share: float, seed: int, step_px: int
) -> None:
    """Blankets wider and narrower than the start, under random rays that reach the edge."""
    rng = np.random.default_rng(seed)
    distance = distances_px(50)
    mask = (distance < blanket_px) | (rng.random(distance.shape) < 0.6 * ray_share)
    mask[0, 50] = True

    found = blanket_radius_px(mask, azimuthal=grid(50), radius_m=1000 * radius_px, step_px=step_px)

    assert found == slow_blanket_radius_px(mask, radius_px, step_px)


def test_a_disc_is_a_blanket_up_to_its_rim() -> None:
    """Radius 30 px, crater 5 px: rings about 20, 24, 28 pass and the one about 32 fails."""
    mask = distances_px(60) < 30

    assert blanket_radius_px(mask, azimuthal=grid(60), radius_m=5000) == 32


def test_rays_without_a_blanket_have_none() -> None:
    """A thin cross is never half of a ring beyond the step."""
    mask = np.zeros((80, 80), np.bool_)
    mask[39:41] = mask[:, 39:41] = True

    assert blanket_radius_px(mask, azimuthal=grid(40), radius_m=4000) == 0
    assert blanket_radius_px(np.zeros_like(mask), azimuthal=grid(40), radius_m=4000) == 0


def test_masks_of_another_grid_and_rings_without_width_are_refused() -> None:
    """Distances would be counted from the wrong centre, and pixels in no ring."""
    mask = np.ones((8, 8), np.bool_)

    with pytest.raises(RasterError, match="mask is"):
        ring_counts(mask, azimuthal=grid(5), width_px=1)
    with pytest.raises(RasterError, match="mask is"):
        blanket_radius_px(mask, azimuthal=grid(5), radius_m=1000)
    with pytest.raises(RasterError, match="1 px wide"):
        blanket_radius_px(mask, azimuthal=grid(4), radius_m=1000, step_px=0)
    with pytest.raises(RasterError, match="width"):
        ring_counts(mask, azimuthal=grid(4), width_px=0)
