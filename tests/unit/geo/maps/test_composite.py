"""Colour composites: colours, overlaps and transparency by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps import composite
from ejmap_geo.maps.color import crater_color
from ejmap_geo.maps.composite import color_composite, over_basemap
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.placed_mask import PlacedMask

BASEMAP = BasemapGrid(body=MERCURY, width_px=8)


def composite_of(masks: dict[int, np.ndarray], **names: dict[int, str]) -> np.ndarray:
    """Return the composite of whole-basemap masks."""
    placed = {key: PlacedMask.from_full(mask, BASEMAP) for key, mask in masks.items()}
    return color_composite(placed, label_map(placed, basemap=BASEMAP), **names)


@given(arrays(np.bool_, (3, *BASEMAP.shape)), st.permutations([0, 5, 9]))
def test_pixels_show_the_mean_color_of_their_craters(masks: np.ndarray, order: list[int]) -> None:
    """Opaque alone, half transparent shared, transparent empty; the order does not matter."""
    by_id = dict(zip((0, 5, 9), masks, strict=True))
    count = masks.sum(0)
    colors = np.array([crater_color(crater_id) for crater_id in by_id], float)
    mean = np.einsum("ic,irk->crk", colors, masks) / np.maximum(count, 1)

    rgba = composite_of({crater_id: by_id[crater_id] for crater_id in order})

    # Half a step either way is how far rounding may go.
    assert np.abs(rgba[:3] - mean).max() <= 0.5
    np.testing.assert_array_equal(rgba[3], np.select([count == 1, count > 1], [255, 128], 0))


@pytest.mark.parametrize("at_once", [1, 3, 8, 1000])
def test_colors_do_not_depend_on_how_many_pixels_are_mixed_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many craters overlap in more pixels than fit in memory: they are mixed part by part."""
    rng = np.random.default_rng(1)
    masks = dict(enumerate(rng.random((5, *BASEMAP.shape)) < 0.6))
    whole = composite_of(masks)
    monkeypatch.setattr(composite, "PIXELS_AT_ONCE", at_once)

    np.testing.assert_array_equal(composite_of(masks), whole)


def test_a_named_crater_has_the_color_of_its_name() -> None:
    """Names reach the colours."""
    mask = np.ones(BASEMAP.shape, np.bool_)

    rgba = composite_of({4: mask}, names={4: "Kuiper"})

    assert tuple(rgba[:3, 0, 0]) == crater_color(0, "Kuiper")


def test_a_label_map_of_other_masks_is_refused() -> None:
    """Overlaps that the masks do not have would be painted in colours of nobody."""
    mask = np.ones(BASEMAP.shape, np.bool_)
    placed = {key: PlacedMask.from_full(mask, BASEMAP) for key in (1, 2)}
    labels = label_map(placed, basemap=BASEMAP)

    with pytest.raises(RasterError, match="disagree"):
        color_composite({1: placed[1]}, labels)


def test_ejecta_lie_over_the_grey_mean_of_the_bands() -> None:
    """Opacity 1 hides the ground, alpha 128 shows half of it, alpha 0 all of it."""
    rgba = np.zeros((4, 1, 3), np.uint8)
    rgba[:, 0, 0] = (200, 100, 0, 255)
    rgba[:, 0, 1] = (200, 100, 0, 128)
    ground = np.broadcast_to(np.array([30, 60, 90], np.uint8)[:, None, None], (3, 1, 3))

    picture = over_basemap(rgba, ground, opacity=1.0)

    assert picture[:, 0, 0].tolist() == [200, 100, 0]
    # 60 + (200 - 60) * 128 / 255 = 130.3 and so on.
    assert picture[:, 0, 1].tolist() == [130, 80, 30]
    assert picture[:, 0, 2].tolist() == [60, 60, 60]


def test_a_basemap_of_another_size_is_refused() -> None:
    """The picture would be of two places."""
    with pytest.raises(RasterError, match="one size"):
        over_basemap(np.zeros((4, 2, 4), np.uint8), np.zeros((1, 3, 6), np.uint8))
