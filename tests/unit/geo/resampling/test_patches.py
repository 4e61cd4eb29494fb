"""Patches against the exact geometry that they stand for, at every pixel."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from ejmap_geo.resampling.patches import (
    AZIMUTHAL_TO_BASEMAP,
    AZIMUTHAL_TO_POLAR,
    BASEMAP_TO_AZIMUTHAL,
    PATCH_PX,
    Warp,
    along_row,
    along_u,
    fit_patch,
    patch_reach,
    patch_scheme,
    place_in,
    push_quarters,
)

WIDTH_PX = 23040
HALF_PX = 11520
STEP_RAD = 2 * math.pi / WIDTH_PX


def warp_about(lat0: float, *, kind: int) -> Warp:
    """Return a warp at the resolution of the published mosaic."""
    return Warp(
        kind=kind,
        lon0=0.7,
        sin_lat0=math.sin(lat0),
        cos_lat0=math.cos(lat0),
        step_rad=STEP_RAD,
        half_px=HALF_PX,
        period_px=WIDTH_PX if kind != AZIMUTHAL_TO_POLAR else 768,
        inner_rad=0.05,
        offset_rad=0.03,
        per_log=48.0,
    )


@njit
def largest_error_px(warp: Warp, block: tuple, scheme: tuple) -> float:
    """Return how far the polynomials of a block are from exact places; -1 where they do not fit."""
    powers = np.empty((2, 5, 5))
    fits, middle = fit_patch(warp, block, scheme, powers)
    if not fits:
        return -1.0
    worst = 0.0
    half = (block[2] - 1) / 2
    for i in range(block[2]):
        v = (i - half) / half
        down, right = along_row(powers[0], v, 0.0), along_row(powers[1], v, 0.0)
        for j in range(block[2]):
            u = np.float32((j - half) / half)
            row, col = place_in(warp, block[0] + i + 0.5, block[1] + j + 0.5)
            off_row = middle[0] + along_u(down, u) - row
            off_col = middle[1] + along_u(right, u) - col
            if warp.kind != BASEMAP_TO_AZIMUTHAL:
                off_col -= warp.period_px * round(off_col / warp.period_px)
            # A thousandth of a pixel for float32.
            if abs(along_u(down, u)) > patch_reach(powers[0]) + 0.001:
                return math.inf
            if abs(along_u(right, u)) > patch_reach(powers[1]) + 0.001:
                return math.inf
            worst = max(worst, abs(off_row), abs(off_col))
    return worst


@given(
    lat0_deg=st.floats(-90, 90),
    row=st.integers(0, 2 * HALF_PX - PATCH_PX),
    col=st.integers(0, 2 * HALF_PX - PATCH_PX),
    side=st.sampled_from([16, 32, PATCH_PX]),
    kind=st.sampled_from([AZIMUTHAL_TO_BASEMAP, BASEMAP_TO_AZIMUTHAL, AZIMUTHAL_TO_POLAR]),
)
def test_a_patch_that_fits_is_right_at_every_pixel(
    lat0_deg: float, row: int, col: int, side: int, kind: int
) -> None:
    """To 0.001 pixels, twice what its probes allow, wherever on the planet it lies."""
    row = row if kind != BASEMAP_TO_AZIMUTHAL else row // 2
    warp = warp_about(math.radians(lat0_deg), kind=kind)

    assert largest_error_px(warp, (row, col, side), patch_scheme()) < 1e-3


@given(
    apart_px=st.floats(0, 3000),
    azimuth_rad=st.floats(0, 2 * math.pi),
    side=st.sampled_from([16, 64]),
)
def test_a_patch_near_a_pole_is_right_or_refused(
    apart_px: float, azimuth_rad: float, side: int
) -> None:
    """At every distance from the pole, which is where meridians turn fastest."""
    lat0 = math.radians(61.7)
    pole_row = HALF_PX - (math.pi / 2 - lat0) / STEP_RAD
    row = int(pole_row - apart_px * math.cos(azimuth_rad))
    col = int(HALF_PX + apart_px * math.sin(azimuth_rad))
    warp = warp_about(lat0, kind=AZIMUTHAL_TO_BASEMAP)

    error_px = largest_error_px(warp, (row, col, side), patch_scheme())

    assert error_px < 1e-3
    if apart_px > 1000:
        assert error_px >= 0


def test_a_patch_that_holds_the_pole_or_the_antipode_is_refused() -> None:
    """No polynomial goes round a point."""
    lat0 = math.radians(40.0)
    pole_row = int(HALF_PX - (math.pi / 2 - lat0) / STEP_RAD)
    antipode = int((math.pi / 2 + lat0) / STEP_RAD), int((0.7 + 2 * math.pi) / STEP_RAD)
    there = warp_about(lat0, kind=AZIMUTHAL_TO_BASEMAP)
    back = warp_about(lat0, kind=BASEMAP_TO_AZIMUTHAL)

    for shift in range(1, PATCH_PX, 9):
        pole = (pole_row - shift, HALF_PX - PATCH_PX + shift, PATCH_PX)
        assert largest_error_px(there, pole, patch_scheme()) == -1
        far = (antipode[0] - shift, antipode[1] - shift, PATCH_PX)
        assert largest_error_px(back, far, patch_scheme()) == -1


def test_quarters_fill_their_block() -> None:
    """Every pixel once."""
    stack = np.zeros((16, 3), np.int64)

    count = push_quarters(stack, 0, (-64, 7, 32))

    covered = np.zeros((32, 32), np.int64)
    for row, col, side in stack[:count]:
        covered[row + 64 : row + 64 + side, col - 7 : col - 7 + side] += 1
    assert (covered == 1).all()
    assert covered.sum() == 32 * 32
