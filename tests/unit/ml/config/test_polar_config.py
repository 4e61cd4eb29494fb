"""Configurations of the polar EJSEG refuse views and networks that do not fit each other."""

import pytest
from pydantic import ValidationError

from ejmap_ml.config.polar_config import PolarAugmentationConfig, PolarUnetConfig, PolarViewConfig


@pytest.mark.parametrize(
    ("rows", "cols", "is_whole"),
    [
        pytest.param(64, 96, True, id="both-divide"),
        pytest.param(60, 96, False, id="rows-do-not"),
        pytest.param(64, 80, False, id="columns-do-not"),
    ],
)
def test_a_view_is_a_whole_number_of_strides(rows, cols, is_whole) -> None:
    """A stem of 4 and three halvings make strides of 32 cells."""
    values = {"stem": 4, "depth": 3, "view": {"rows": rows, "cols": cols}}

    if is_whole:
        assert PolarUnetConfig.model_validate(values).view.rows == rows
    else:
        with pytest.raises(ValidationError, match=f"multiples of 32 .* got {rows} and {cols}"):
            PolarUnetConfig.model_validate(values)


def test_ranges_of_a_view_grow_outwards() -> None:
    """The outer edge lies beyond the inner one."""
    with pytest.raises(ValidationError, match="must exceed inner_radii, got 2"):
        PolarViewConfig(inner_radii=2.0, outer_radii=2.0)


@pytest.mark.parametrize("gain", [(0.0, 1.5), (1.5, 0.6)])
def test_contrast_is_changed_by_a_positive_range_of_factors(gain) -> None:
    """Factors are drawn by their logarithm, so none may be zero."""
    with pytest.raises(ValidationError, match="0 < lowest <= highest"):
        PolarAugmentationConfig(gain=gain)


def test_unknown_keys_are_refused() -> None:
    """A key that nothing reads is an error, not a silent default."""
    with pytest.raises(ValidationError, match="widths"):
        PolarUnetConfig.model_validate({"widths": 24})
