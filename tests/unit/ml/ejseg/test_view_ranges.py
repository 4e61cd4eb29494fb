"""Ranges of numbers over training views, and numbers of other views outside of them."""

import pytest
from pydantic import ValidationError

from ejmap_ml.ejseg.view_ranges import TOLERANCES, ViewRanges
from ejmap_ml.errors import SampleError

# 0, 1, ..., 100: the quantile at a level is a hundred times the level.
RANGES = ViewRanges.of([{"shade_1": float(one)} for one in range(101)])


def test_ranges_are_quantiles() -> None:
    """Of 0 to 100; a number that only some views have counts in these."""
    assert RANGES.views == 101
    assert RANGES.quantiles == {"shade_1": (1, 5, 25, 50, 75, 95, 99)}
    found = ViewRanges.of([{"a": 1.0}, {"b": 2.0}])
    assert found.quantiles == {"a": (1,) * 7, "b": (2,) * 7}


@pytest.mark.parametrize(
    ("values", "is_unlike"),
    [
        pytest.param([97.0], False, id="one-view-within-98-percent"),
        pytest.param([99.5], True, id="one-view-beyond"),
        pytest.param([97.0] * 8, True, id="many-views-beyond-90-percent"),
        pytest.param([97.0] * 3 + [94.0] * 5, False, id="their-median-counts"),
        pytest.param([3.0] * 8, True, id="too-low"),
    ],
)
def test_medians_of_many_views_vary_less(values: list[float], is_unlike: bool) -> None:
    """One view may be rare; a whole mosaic of rare views is another kind of mosaic."""
    found = RANGES.unlike([{"shade_1": value} for value in values])

    assert bool(found) is is_unlike


def test_what_is_unlike_says_what_was_found_and_expected() -> None:
    """A number that the views do not have is not compared, nor one that training did not have."""
    (found,) = RANGES.unlike([{"shade_1": 120.0, "other": 5.0}])

    assert found == ("shade_1", 120.0, 1.0, 99.0)
    assert RANGES.unlike([{"other": 5.0}]) == []
    assert RANGES.unlike([]) == []


def test_small_differences_are_tolerated() -> None:
    """Where all training views agree, a mosaic need not."""
    ranges = ViewRanges.of([{"excess_2": 1.0}])
    near, far = 1 + 0.9 * TOLERANCES["excess"], 1 + 1.1 * TOLERANCES["excess"]

    assert ranges.unlike([{"excess_2": near}]) == []
    assert len(ranges.unlike([{"excess_2": far}])) == 1


def test_ranges_from_anywhere_are_checked() -> None:
    """Seven rising, finite numbers each."""
    with pytest.raises(ValidationError, match="must have 7 rising quantiles"):
        ViewRanges(views=1, quantiles={"a": (1, 2, 3)})
    with pytest.raises(ValidationError, match="must have 7 rising quantiles"):
        ViewRanges(views=1, quantiles={"a": (2, 1, 3, 4, 5, 6, 7)})
    with pytest.raises(ValidationError, match="finite"):
        ViewRanges.model_validate_json('{"views": 1, "quantiles": {"a": [NaN, 1, 2, 3, 4, 5, 6]}}')
    with pytest.raises(SampleError, match="at least one view"):
        ViewRanges.of([{}])
