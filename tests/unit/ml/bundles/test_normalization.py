"""Normalization is the mean and the sample standard deviation of all pixels."""

import numpy as np
import pytest

from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.errors import SampleError


def test_mean_and_deviation_are_those_of_all_pixels_together() -> None:
    """Batches of different sizes give numpy's values (ddof 1) of the whole, also far from 0."""
    rng = np.random.default_rng(0)
    tiles = rng.normal(loc=[[[[100]], [[1e6]]]], scale=[[[[5]], [[0.5]]]], size=(7, 2, 4, 3))

    found = Normalization.from_samples([tiles[:4], tiles[4:5], tiles[5:]])

    pixels = np.moveaxis(tiles, 1, 0).reshape(2, -1)
    np.testing.assert_allclose(found.offset, pixels.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.scale, pixels.std(axis=1, ddof=1), rtol=1e-9)


def test_a_constant_channel_keeps_its_scale() -> None:
    """No spread is no reason to divide by zero."""
    found = Normalization.from_samples([np.full((2, 1, 2, 2), 7.0)])

    assert found == Normalization(offset=(7.0,), scale=(1.0,))


def test_the_extra_channel_can_have_its_own_scale() -> None:
    """As the published attention channel has; the bands keep theirs."""
    found = Normalization(offset=(1.0, 2.0), scale=(3.0, 4.0)).with_extra(offset=1.5, scale=0.5)

    assert found == Normalization(offset=(1.0, 1.5), scale=(3.0, 0.5))


def test_fixed_normalization_divides_bands_by_255() -> None:
    """Attention runs from 0 to 2."""
    found = Normalization.fixed(bands=3, extra_scale=2.0)

    assert found == Normalization(offset=(0, 0, 0, 0), scale=(255, 255, 255, 2))


def test_normalization_survives_json() -> None:
    """All digits come back."""
    value = Normalization(offset=(0.1, 1 / 3), scale=(1e-7, 2.0))

    assert Normalization.model_validate_json(value.model_dump_json()) == value


def test_no_samples_have_no_normalization() -> None:
    """The message says what is missing."""
    with pytest.raises(SampleError, match="at least two pixels"):
        Normalization.from_samples([])
