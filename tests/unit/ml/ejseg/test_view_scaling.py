"""Ring scaling: each ring by its own spread, whatever else lies in the view."""

from statistics import median

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from ejmap_ml.ejseg.view_scaling import scaled_bands

SHAPE = 24, 60
EVERYWHERE = np.ones(SHAPE, np.bool_)


def _noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(100, 10, (1, *SHAPE)).astype(np.float32)


def test_both_halves_are_those_of_medians_by_hand() -> None:
    """Medians of the standard library; the saturation is 3 tanh."""
    bands = _noise()
    middles = [median(map(float, ring)) for ring in bands[0]]
    sigmas = [
        1.4826 * median(abs(float(one) - middle) for one in ring)
        for ring, middle in zip(bands[0], middles, strict=True)
    ]

    whole, ring = scaled_bands(bands, EVERYWHERE, "ring")

    expected = 3 * np.tanh((bands[0] - median(middles)) / median(sigmas) / 6)
    np.testing.assert_allclose(whole[0], expected, atol=1e-5)
    smooth = gaussian_filter1d(np.array(sigmas), 4.0, mode="nearest")[:, None]
    expected = 3 * np.tanh((bands[0] - np.array(middles)[:, None]) / smooth / 4)
    np.testing.assert_allclose(ring[0], expected, atol=1e-5)


def test_a_bright_half_of_the_planet_does_not_hide_a_ray() -> None:
    """Maria widen the spread of the view tenfold, and not that of rings without them."""
    bands = _noise()
    bands[0, :, 20] += 30
    with_maria = bands.copy()
    with_maria[0, 8:, 15:] -= 200

    by_ring, by_view = (scaled_bands(with_maria, EVERYWHERE, one)[1] for one in ("ring", "view"))

    alone = scaled_bands(bands, EVERYWHERE, "ring")[1]
    assert by_ring[0, :5, 20].mean() > 0.9 * alone[0, :5, 20].mean()
    assert by_view[0, :5, 20].mean() < by_ring[0, :5, 20].mean()


@pytest.mark.parametrize("scaling", ["view", "ring"])
def test_gaps_change_nothing_where_there_are_data(scaling) -> None:
    """A gap as wide as a third of some rings; their medians come from what is known."""
    bands, is_valid = _noise(), EVERYWHERE.copy()
    is_valid[5:9, :20] = False
    holed = np.where(is_valid, bands, np.nan).astype(np.float32)
    otherwise = np.where(is_valid, bands, -1e4).astype(np.float32)

    found, expected = (scaled_bands(one, is_valid, scaling) for one in (holed, otherwise))

    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not one[0, ~is_valid].any()
        assert np.isfinite(one).all()


def test_a_ring_without_any_data_is_zero_and_harms_no_other() -> None:
    """The last rows of a view may lie beyond the antipode."""
    bands, is_valid = _noise(), EVERYWHERE.copy()
    is_valid[20:] = False

    whole, ring = scaled_bands(np.where(is_valid, bands, np.nan), is_valid, "ring")

    assert not whole[0, 20:].any()
    assert not ring[0, 20:].any()
    assert np.isfinite(whole).all()
    assert np.isfinite(ring).all()
    assert ring[0, :20].std() > 0.3


def test_a_smooth_plain_is_not_blown_up() -> None:
    """A ring a hundred times flatter than the others keeps most of its flatness."""
    bands = _noise()
    bands[0, 16:] = 100 + 0.01 * (bands[0, 16:] - 100)

    _, ring = scaled_bands(bands, EVERYWHERE, "ring")

    assert np.abs(ring[0, 22:]).max() < 0.1
