"""Set pixels: what is passed over many pixels at a time is counted as if each were looked at."""

import numpy as np

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.patterns.ring_sums import ring_sums
from ejmap_geo.patterns.rings import ring_counts
from ejmap_geo.patterns.set_pixels import STRETCH_PX, first_of

HALF = 2 * STRETCH_PX + 11
GRID = AzimuthalGrid(body=MERCURY, center=LonLat(10.0, 20.0), resolution_m=665.0, half_size_px=HALF)
OFF = np.arange(2 * HALF) - HALF + 0.5
SQUARE = OFF[:, None] ** 2 + OFF**2


def sparse(share: float, seed: int) -> np.ndarray:
    """Return a mask whose set pixels lie in few places, at both ends of rows among others."""
    mask = np.random.default_rng(seed).random((2 * HALF, 2 * HALF)) < share
    mask[40], mask[41, -1], mask[41, 0], mask[300:] = False, True, True, False
    return mask


def test_only_stretches_without_the_value_are_passed_over() -> None:
    """The first stretch that holds the value is found, the last one being shorter."""
    line = np.zeros(2 * STRETCH_PX + 5, np.bool_)
    assert first_of(line, 0, True) == line.size
    line[-1] = True
    assert first_of(line, 0, True) == 2 * STRETCH_PX
    assert first_of(line, 2 * STRETCH_PX + 4, True) == 2 * STRETCH_PX + 4
    assert first_of(line, 0, False) == 0


def test_rings_count_every_pixel_of_a_sparse_mask() -> None:
    """Pixels by ring are those of a histogram of all distances, from the first edge on."""
    mask = sparse(0.002, 1)

    counts = ring_counts(mask, azimuthal=GRID, width_px=4.0, first_px=3.0)

    ring = np.digitize(SQUARE, counts.edges_px**2) - 1
    size = counts.all_px.size
    held = ring >= 0
    np.testing.assert_array_equal(counts.all_px, np.bincount(ring[held], minlength=size))
    np.testing.assert_array_equal(counts.set_px, np.bincount(ring[held & mask], minlength=size))


def test_sums_tell_ejecta_gaps_and_the_rim_apart() -> None:
    """Ground counts where it was imaged, ejecta everywhere beyond the rim, the mask in it apart."""
    mask, imaged = sparse(0.002, 2), ~sparse(0.001, 3)
    near = OFF[HALF - 30 : HALF + 30]
    rim = near[:, None] ** 2 + near**2 < 25**2
    inside = np.zeros_like(mask)
    inside[HALF - 30 : HALF + 30, HALF - 30 : HALF + 30] = rim

    sums = ring_sums(mask, imaged, rim=rim, azimuthal=GRID)

    ring, held = np.sqrt(SQUARE).astype(int), SQUARE < HALF**2
    for found, counted in (
        (sums.imaged_px, (mask | imaged) & ~inside),
        (sums.ejecta_px, mask & ~inside),
        (sums.inside_px, mask & inside),
    ):
        expected = np.bincount(ring[held & counted], minlength=HALF)
        np.testing.assert_array_equal(found, expected)
    turned = np.exp(1j * np.arctan2(OFF[None], -OFF[:, None]))[held & mask & ~inside]
    np.testing.assert_allclose(sums.harmonics.sum(axis=1), [turned.sum(), (turned**2).sum()])
