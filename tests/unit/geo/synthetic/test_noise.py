"""Noise that everything on the synthetic planet is drawn with."""

import numpy as np
import pytest

from ejmap_geo.synthetic.noise import fractal_noise, lattice_value, smoothstep, value_noise


def test_noise_takes_the_hashed_value_at_lattice_points() -> None:
    """Interpolation weights are 0 or 1 there."""
    assert value_noise(3.0, -2.0, 7.0, 11) == lattice_value(3, -2, 7, 11)


def test_noise_is_continuous_across_cells() -> None:
    """Both sides of a lattice plane meet."""
    left = [value_noise(1.0 - 1e-9, y, 0.4, 3) for y in np.linspace(-3, 3, 41)]
    right = [value_noise(1.0 + 1e-9, y, 0.4, 3) for y in np.linspace(-3, 3, 41)]

    np.testing.assert_allclose(left, right, atol=1e-6)


@pytest.mark.parametrize("octaves", [1, 4])
def test_fractal_noise_keeps_its_spread(octaves: int) -> None:
    """Lattice values have variance 1/3; smoothstep leaves 26/35 of it along each axis."""
    rng = np.random.default_rng(0)
    points = rng.uniform(-50, 50, (20_000, 3))

    values = np.array([fractal_noise(*point, octaves, 0.7, 1) for point in points])

    assert abs(values.mean()) < 0.05
    assert values.std() == pytest.approx(3.45 * (26 / 35) ** 1.5 / 3**0.5, rel=0.05)


def test_other_seeds_give_other_noise() -> None:
    """A seed is not a shift."""
    rng = np.random.default_rng(0)
    points = rng.uniform(-50, 50, (2_000, 3))

    one, two = (np.array([value_noise(*point, seed) for point in points]) for seed in (1, 2))

    assert abs(np.corrcoef(one, two)[0, 1]) < 0.1


def test_smoothstep_rises_from_zero_to_one() -> None:
    """Half way it is one half."""
    assert [smoothstep(2.0, 4.0, value) for value in (1.0, 2.0, 3.0, 4.0, 5.0)] == [0, 0, 0.5, 1, 1]
