"""Published columns against closed forms, and against the published text written out in numpy."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.masks.rim import circular_rim
from ejmap_geo.patterns.published_pattern import (
    BANDS,
    COLUMNS,
    INDEX,
    PERCENTILES,
    Row,
    is_invalid,
    published_pattern,
)

SIDE_PX = 120


def _coordinates(side_px: int) -> tuple[np.ndarray, np.ndarray]:
    row, col = np.indices((side_px, side_px))
    half = side_px // 2
    return col - half + 0.5, half - row - 0.5


def _rim(radius_px: float) -> np.ndarray:
    return circular_rim(MERCURY, radius_m=radius_px * 1000, resolution_m=1000)


def _pattern(mask: np.ndarray, *, rim_px: float = 0.1, blanket_px: float = 0.0) -> Row:
    mosaic = np.stack([np.full(mask.shape, level, np.uint8) for level in (10, 20, 30)])
    return published_pattern(
        mask, mosaic, rim=_rim(rim_px), radius_px=rim_px, blanket_px=blanket_px
    )


def _plain(mask: np.ndarray, mosaic: np.ndarray, rim: np.ndarray, blanket_px: float) -> Row:
    """Section by section as the text has it: one whole array for each thing that it names."""
    x, y = _coordinates(mask.shape[0])
    # Squares of halves are exact, and so is their root; hypot may miss the last digit.
    d = np.sqrt(x**2 + y**2)
    half, rim_half = mask.shape[0] // 2, rim.shape[0] // 2
    ejecta = mask.copy()
    ejecta[half - rim_half : half + rim_half, half - rim_half : half + rim_half] &= ~rim
    parts = {"blanket": ejecta & (d <= blanket_px), "ray": ejecta & (d > blanket_px)}
    angle = np.degrees(np.arctan2(-x, y))
    row: Row = {
        "blanket_radius": blanket_px,
        "area": ejecta.sum(),
        "blanket_area": parts["blanket"].sum(),
        "rays_area": parts["ray"].sum(),
        "max_distance": d[ejecta].max() if ejecta.any() else 0,
        "bar_x": x[ejecta].mean() if ejecta.any() else 0,
        "bar_y": y[ejecta].mean() if ejecta.any() else 0,
        "ray_bar_x": x[parts["ray"]].mean() if parts["ray"].any() else 0,
        "ray_bar_y": y[parts["ray"]].mean() if parts["ray"].any() else 0,
    }
    for percent in PERCENTILES:
        row[f"distance_{percent}"] = np.percentile(d[ejecta], percent) if ejecta.any() else 0
    imaged = mosaic.any(axis=0)
    for part, chosen in parts.items():
        for name, band in zip(BANDS, mosaic, strict=True):
            seen = band[chosen & imaged]
            row[f"{part}_{name}"] = seen.mean() if seen.size else 0
    for i in range(8):
        within = ejecta & (angle >= -180 + 45 * i) & (angle < -135 + 45 * i)
        row[f"area_sect{i}"] = within.sum()
        row[f"distmax_sect{i}"] = d[within].max() if within.any() else 0
        row[f"ray_sect{i}"] = (within & parts["ray"]).sum()
    return row


@settings(max_examples=25)
@given(
    mask=arrays.arrays(np.bool_, (40, 40)),
    mosaic=arrays.arrays(np.uint8, (3, 40, 40)),
    rim_px=st.floats(0.1, 18),
    blanket_px=st.integers(0, 30),
)
@example(
    # At 13.5 px west and 8.5 px south hypot of glibc 2.36 is a digit off.
    mask=np.arange(1600).reshape(40, 40) == 28 * 40 + 6,
    mosaic=np.ones((3, 40, 40), np.uint8),
    rim_px=1.0,
    blanket_px=0,
)
def test_any_mask_gives_the_columns_of_the_published_text(
    mask: np.ndarray, mosaic: np.ndarray, rim_px: float, blanket_px: int
) -> None:
    """A plain reading of the text and ours agree to the last digit on random masks."""
    rim = _rim(rim_px)

    found = published_pattern(mask, mosaic, rim=rim, radius_px=rim_px, blanket_px=blanket_px)

    assert found == {"radius": rim_px, **_plain(mask, mosaic, rim, blanket_px)}


def test_a_large_noisy_mask_gives_the_same_columns() -> None:
    """Strips of rows on several threads add up to the same numbers."""
    rng = np.random.default_rng(8)
    mask = rng.random((1200, 1200)) < 0.3
    mosaic = rng.integers(0, 256, (3, 1200, 1200), np.uint8)
    rim = _rim(70.3)

    found = published_pattern(mask, mosaic, rim=rim, radius_px=70.3, blanket_px=300)

    assert found == {"radius": 70.3, **_plain(mask, mosaic, rim, 300)}


def test_the_columns_are_those_of_the_published_tables() -> None:
    """Names and number of columns; ``invalid`` compares two rows and comes from elsewhere."""
    row = _pattern(np.ones((SIDE_PX, SIDE_PX), np.bool_))

    assert INDEX == "crat_FID"
    assert set(COLUMNS) == {*row, "invalid"}
    assert len(COLUMNS) == len(set(COLUMNS)) == 47


def test_a_disc_is_all_blanket() -> None:
    """An area of pi r^2, a farthest pixel at r, percentiles that grow as roots, no offset."""
    x, y = _coordinates(SIDE_PX)

    row = _pattern(np.hypot(x, y) <= 50, blanket_px=50)

    assert row["area"] == row["blanket_area"] == pytest.approx(math.pi * 50**2, rel=1e-3)
    assert row["rays_area"] == 0
    assert row["max_distance"] == pytest.approx(50, abs=0.5)
    assert row["distance_25"] == pytest.approx(25, abs=0.2)
    assert (row["bar_x"], row["bar_y"]) == (0, 0)
    # Pixels on a diagonal all belong to the same side of it, so that only quadrants are equal.
    assert {row[f"area_sect{i}"] + row[f"area_sect{i + 1}"] for i in (0, 2, 4, 6)} == {1965}
    assert (row["blanket_PC2"], row["blanket_PC1"], row["blanket_4301000"]) == (10, 20, 30)


def test_an_annulus_beyond_the_blanket_is_all_rays() -> None:
    """What lies beyond the radius of the blanket counts as rays."""
    x, y = _coordinates(SIDE_PX)
    d = np.hypot(x, y)

    row = _pattern((d > 30) & (d <= 50), blanket_px=20)

    assert row["rays_area"] == row["area"] == pytest.approx(math.pi * (50**2 - 30**2), rel=1e-2)
    assert row["blanket_area"] == row["blanket_PC1"] == 0
    assert row["ray_PC1"] == 20


def test_one_ray_to_the_east_of_a_disc_lies_in_its_sectors() -> None:
    """The ray is in sectors 1 and 2, north and south of east, and pulls the centre eastwards."""
    x, y = _coordinates(SIDE_PX)
    ray = (x > 0) & (np.abs(y) < 2)

    row = _pattern((np.hypot(x, y) <= 20) | ray, blanket_px=20)

    assert row["rays_area"] == 4 * 40
    assert [row[f"ray_sect{i}"] for i in range(8)] == [0, 80, 80, 0, 0, 0, 0, 0]
    assert row["ray_bar_x"] == 40
    assert row["ray_bar_y"] == 0
    assert row["distmax_sect1"] == row["max_distance"] == math.hypot(59.5, 1.5)


def test_an_empty_mask_gives_zeros() -> None:
    """All columns but the radius are 0, not missing."""
    row = _pattern(np.zeros((SIDE_PX, SIDE_PX), np.bool_), rim_px=5)

    assert row.pop("radius") == 5
    assert set(row.values()) == {0}


def test_what_lies_inside_the_rim_is_left_out() -> None:
    """A disc no larger than the rim holds no ejecta."""
    x, y = _coordinates(SIDE_PX)

    row = _pattern(np.hypot(x, y) <= 20, rim_px=20, blanket_px=30)

    assert row["area"] == 0


@pytest.mark.parametrize(
    ("blanket_px", "clean_px", "expected"), [(0, 0, True), (10, 7, True), (10, 8, False)]
)
def test_a_crater_without_a_clean_blanket_is_invalid(
    blanket_px: int, clean_px: int, expected: bool
) -> None:
    """No blanket at all, or less than four fifths of it clean."""
    assert is_invalid({"blanket_area": blanket_px}, {"blanket_area": clean_px}) is expected


def test_mosaics_of_other_bands_have_no_published_bands() -> None:
    """A grey mosaic is none of the three published bands: their columns are empty."""
    mask = np.ones((20, 20), np.bool_)

    row = published_pattern(
        mask, np.ones((1, 20, 20), np.uint8), rim=_rim(2), radius_px=2, blanket_px=5
    )

    assert math.isnan(row["blanket_PC1"])


def test_a_mask_that_is_not_square_about_a_crater_is_refused() -> None:
    """Without a middle there are no distances."""
    with pytest.raises(RasterError, match="square with an even side"):
        published_pattern(
            np.ones((20, 21), np.bool_),
            np.ones((3, 20, 21), np.uint8),
            rim=_rim(2),
            radius_px=2,
            blanket_px=5,
        )
