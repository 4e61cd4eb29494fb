"""What the views were like that a model learned from, and whether other views are like them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import SampleError

# Levels of the quantiles that are kept of each number.
LEVELS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
MOST_QUANTITIES = 400
MANY_VIEWS = 8
# Differences of medians that change nothing in a map, by kind of number.
TOLERANCES: Mapping[str, float] = {
    "excess": 0.1,
    "skew": 0.1,
    "texture": 0.1,
    "coarse": 0.1,
    "flat": 0.03,
    "clipped": 0.03,
    "correlation": 0.1,
}


class UnlikeViews(NamedTuple):
    """A number in which the views of a mosaic are far from those that a model learned from.

    Attributes:
        name: Its name in :func:`view_statistics.view_statistics`.
        found: Its median over the views.
        low: Least expected median.
        high: Largest expected median.
    """

    name: str
    found: float
    low: float
    high: float


class ViewRanges(Frozen):
    """Quantiles of the numbers of :func:`view_statistics.view_statistics` over training views.

    Attributes:
        views: Number of views.
        quantiles: By name of the number, its quantiles at :data:`LEVELS`.
    """

    views: int = Field(ge=1)
    quantiles: Annotated[dict[str, tuple[float, ...]], Field(max_length=MOST_QUANTITIES)]

    @model_validator(mode="after")
    def _quantiles_rise(self) -> Self:
        for name, values in self.quantiles.items():
            if len(values) != len(LEVELS) or list(values) != sorted(values):
                raise ValueError(
                    f"{name} must have {len(LEVELS)} rising quantiles, found {list(values)}"
                )
        return self

    @classmethod
    def of(cls, statistics: Iterable[Mapping[str, float]]) -> Self:
        """Return the ranges of the numbers of training views.

        Raises:
            SampleError: There is no view, or no number that any of them has.
        """
        every = list(statistics)
        names = sorted({name for one in every for name in one})
        if not names:
            raise SampleError("ranges of views need at least one view that shows something")
        quantiles = {
            name: tuple(
                round(float(value), 4)
                for value in np.quantile([one[name] for one in every if name in one], LEVELS)
            )
            for name in names
        }
        return cls(views=len(every), quantiles=quantiles)

    def unlike(self, statistics: Sequence[Mapping[str, float]]) -> list[UnlikeViews]:
        """Return the numbers whose median over the views of a mosaic is not as in training.

        The median of a few views varies as single views do, and may lie where 98 % of those of
        training lie; that of more varies less, and may lie where 90 % of them lie. Both ends are
        widened by :data:`TOLERANCES`.
        """
        found: list[UnlikeViews] = []
        for name, quantiles in self.quantiles.items():
            values = [one[name] for one in statistics if name in one]
            if not values:
                continue
            end = 1 if len(values) >= MANY_VIEWS else 0
            tolerance = TOLERANCES.get(name.partition("_")[0], 0.0)
            low, high = quantiles[end] - tolerance, quantiles[-1 - end] + tolerance
            median = float(np.median(values))
            if not low <= median <= high:
                found.append(UnlikeViews(name, median, low, high))
        return found
