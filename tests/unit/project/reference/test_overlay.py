"""Pictures show drawings and masks where they are, north up."""

import math

import numpy as np

from ejmap_geo.grids.body import MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.pictures.shades import OVERLAY_RGB
from ejmap_project.reference.drawing import Blanket, ClearBox, Drawing, Ray
from ejmap_project.reference.overlay import (
    BLANKET_RGB,
    CLEAR_RGB,
    RAY_RGB,
    drawing_picture,
    picture_reach_deg,
)
from ejmap_project.reference.reference_crater import ReferenceCrater

CRATER = ReferenceCrater(body=MOON, name="A", center=LonLat(0, 0), radius_m=30_000)
MOSAIC = np.full((1, 180, 360), 90, np.uint8), BasemapGrid(body=MOON, width_px=360)
DRAWING = Drawing(
    body="Moon",
    crater="A",
    drawer="me",
    rays=(Ray(azimuth_deg=(90, 90), range_deg=(10, 20), half_width_deg=0.5, confidence=2),),
    blanket=Blanket(
        azimuth_deg=np.array([0.0, 120, 240]),
        inner_deg=np.full(3, 0.5),
        outer_deg=np.full(3, 4.0),
    ),
    clear=(ClearBox(azimuth_deg=(170, 190), range_deg=(8, 16)),),
)
SIDE_PX, REACH_DEG = 200, 25.0


def _places(picture: np.ndarray, color: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return range in degrees and azimuth in degrees of the pixels of a colour."""
    row, col = np.nonzero((picture == color).all(axis=-1))
    east, north = col + 0.5 - SIDE_PX / 2, SIDE_PX / 2 - row - 0.5
    scale = REACH_DEG / (SIDE_PX / 2)
    return np.hypot(east, north) * scale, np.degrees(np.arctan2(east, north)) % 360


def test_a_drawing_lies_where_it_was_drawn() -> None:
    """The ray in the east from 10 to 20 degrees, the box in the south, a blanket of 4 degrees."""
    picture = drawing_picture(CRATER, DRAWING, mosaic=MOSAIC, reach_deg=REACH_DEG, side_px=SIDE_PX)

    drawn = picture[:, SIDE_PX + 4 :]
    assert picture.shape == (SIDE_PX, 2 * SIDE_PX + 4, 3)
    range_deg, azimuth_deg = _places(drawn, RAY_RGB[2])
    np.testing.assert_allclose([range_deg.min(), range_deg.max()], [10, 20], atol=0.5)
    np.testing.assert_allclose(azimuth_deg, 90, atol=2)
    range_deg, azimuth_deg = _places(drawn, CLEAR_RGB)
    np.testing.assert_allclose([azimuth_deg.min(), azimuth_deg.max()], [170, 190], atol=2)
    range_deg, _ = _places(drawn, BLANKET_RGB)
    # The inner edge is the rim, though the drawing goes farther in.
    assert abs(range_deg.min() - math.degrees(CRATER.rim_rad)) < 0.4
    assert abs(range_deg.max() - 4) < 0.4
    assert not _places(picture[:, :SIDE_PX], RAY_RGB[2])[0].size


def test_a_mask_is_laid_over_a_third_picture() -> None:
    """A mask of everything west of the crater colours the left half."""
    picture = drawing_picture(
        CRATER,
        Drawing(body="Moon", crater="A", drawer="me"),
        mosaic=MOSAIC,
        mask=lambda _, azimuth_rad: np.asarray(np.sin(azimuth_rad) < 0),
        reach_deg=REACH_DEG,
        side_px=SIDE_PX,
    )

    masked = picture[:, -SIDE_PX:]
    is_orange = masked[..., 0].astype(int) - masked[..., 2] > (OVERLAY_RGB[0] - OVERLAY_RGB[2]) / 4
    assert is_orange[:, : SIDE_PX // 2].all()
    assert not is_orange[:, SIDE_PX // 2 :].any()


def test_a_picture_shows_all_that_was_drawn() -> None:
    """A tenth beyond the farthest ray, at least 8 radii, at most a hemisphere."""
    far = Ray(azimuth_deg=(0, 0), range_deg=(90, 120), half_width_deg=1.0, confidence=1)
    nothing = Drawing(body="Moon", crater="A", drawer="me")
    giant = Drawing(body="Moon", crater="A", drawer="me", rays=(far,))

    assert picture_reach_deg(CRATER, DRAWING) == 22
    assert picture_reach_deg(CRATER, nothing) == 8 * CRATER.rim_deg
    assert picture_reach_deg(CRATER, giant) == 90
