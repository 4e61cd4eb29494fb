"""Layers that are stated in bytes row by row, against those of floats of the whole raster."""

from dataclasses import replace

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.polar_members import (
    largest_in_squares,
    layers_beside,
    layers_of_views,
    mask_above,
    stated_layers,
)
from ejmap_geo.masks.probability_levels import levels_of, vote_levels_of
from ejmap_geo.resampling.reproject import polar_to_azimuthal

CENTER, RADIUS_M = LonLat(30, -45), 20_000.0
# Some strips of rows, the last of which is cut off.
AZIMUTHAL = AzimuthalGrid(body=MERCURY, center=CENTER, resolution_m=4_000.0, half_size_px=111)
POLAR = PolarGrid(
    body=MERCURY,
    center=CENTER,
    radius_m=RADIUS_M,
    rows=32,
    cols=64,
    inner_radii=0.9,
    outer_radii=20.0,
)


@pytest.fixture
def members() -> list[np.ndarray]:
    """Three members that agree on nothing."""
    return list(np.random.default_rng(0).random((3, *POLAR.shape), np.float32))


def test_layers_are_those_of_members_that_are_resampled_whole(members: list[np.ndarray]) -> None:
    """Patch by patch and strip by strip, to the last bit; an outer range lies in the raster."""
    layers, beside = layers_beside(members, members[1], polar=POLAR, azimuthal=AZIMUTHAL)

    wholes = [polar_to_azimuthal(one, polar=POLAR, azimuthal=AZIMUTHAL) for one in members]
    count = np.float32(len(members))
    np.testing.assert_array_equal(layers.probability, (wholes[0] + wholes[1] + wholes[2]) / count)
    votes = sum((one > 0.5).astype(np.float32) for one in wholes)
    np.testing.assert_array_equal(layers.vote_fraction, votes / count)
    np.testing.assert_array_equal(beside, wholes[1])
    assert (wholes[0][:8] == 0).all()


@pytest.mark.parametrize("half_size_px", [111, 300])
def test_largest_values_in_squares_are_those_of_whole_rasters(
    members: list[np.ndarray], half_size_px: int
) -> None:
    """Squares of every size over the borders of patches, to the last bit."""
    rng = np.random.default_rng(2)
    azimuthal = replace(AZIMUTHAL, half_size_px=half_size_px)
    side_px = rng.integers(1, 190, 200)
    corner = (rng.random((2, 200)) * (azimuthal.shape[0] + 1 - side_px)).astype(np.int64)
    squares = np.stack([*corner, side_px], axis=1)

    found = largest_in_squares(members, squares, polar=POLAR, azimuthal=azimuthal)

    wholes = [polar_to_azimuthal(one, polar=POLAR, azimuthal=azimuthal) for one in members]
    wholes.append((wholes[0] + wholes[1] + wholes[2]) / np.float32(3))
    expected = [
        [whole[row : row + side, col : col + side].max() for row, col, side in squares]
        for whole in wholes
    ]
    np.testing.assert_array_equal(found, expected)


def test_stated_layers_are_those_of_the_members_in_bytes(members: list[np.ndarray]) -> None:
    """Levels of mean and votes, and the mask that the mean decides."""
    found = stated_layers(members, None, by_votes=False, polar=POLAR, azimuthal=AZIMUTHAL)

    layers = layers_of_views(members, polar=POLAR, azimuthal=AZIMUTHAL)
    np.testing.assert_array_equal(found[0], levels_of(layers.probability))
    np.testing.assert_array_equal(found[1], vote_levels_of(layers.vote_fraction))
    np.testing.assert_array_equal(found[2] == 1, layers.probability > 0.5)
    assert {*found[2].ravel().tolist()} == {0, 1}


def test_another_probability_is_stated_beside_what_decides(members: list[np.ndarray]) -> None:
    """Its levels are its own; votes decide the mask if they are asked."""
    *voters, other = members

    found = stated_layers(voters, other, by_votes=True, polar=POLAR, azimuthal=AZIMUTHAL)

    votes = layers_of_views(voters, polar=POLAR, azimuthal=AZIMUTHAL).vote_fraction
    np.testing.assert_array_equal(
        found[0], levels_of(polar_to_azimuthal(other, polar=POLAR, azimuthal=AZIMUTHAL))
    )
    np.testing.assert_array_equal(found[1], vote_levels_of(votes))
    np.testing.assert_array_equal(found[2] == 1, votes >= 0.5)


@pytest.mark.parametrize("step", [1, 3, 64, 500])
def test_a_mask_above_a_threshold_comes_with_pixels_of_its_view(
    members: list[np.ndarray], step: int
) -> None:
    """Every pixel is compared, and every n-th one returned, wherever strips of rows begin."""
    mask, seen = mask_above(members[0], 0.3, step=step, polar=POLAR, azimuthal=AZIMUTHAL)

    whole = polar_to_azimuthal(members[0], polar=POLAR, azimuthal=AZIMUTHAL)
    np.testing.assert_array_equal(mask, whole > 0.3)
    np.testing.assert_array_equal(seen, whole[::step, ::step])
