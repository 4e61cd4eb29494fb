"""Agreement of two masks about a crater: as a whole, by quarter, and within discs that grow."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.scores.agreement import Confusion, confusion, confusion_by_group

# As on a map with north up, in the order of reading.
QUARTERS = ("upper left", "upper right", "lower left", "lower right")


class ClaimedPixels(NamedTuple):
    """The pixels that at least one of two masks sets, ``(pixel,)`` each.

    Pixels that neither sets are left out: precision, recall and F1 do not depend on them.

    Attributes:
        distance_px: Distance of the middle of the pixel from the crater.
        quarter: Number of its quarter in ``QUARTERS``.
        is_predicted: Whether the predicted mask sets it.
        is_actual: Whether the actual mask does.
    """

    distance_px: NDArray[np.float64]
    quarter: NDArray[np.int8]
    is_predicted: NDArray[np.bool_]
    is_actual: NDArray[np.bool_]

    @property
    def whole(self) -> Confusion:
        """Agreement of the whole masks."""
        return confusion(self.is_predicted, self.is_actual)

    @property
    def by_quarter(self) -> list[Confusion]:
        """Agreement in each of ``QUARTERS``."""
        found = confusion_by_group(self.is_predicted, self.is_actual, self.quarter)
        return found + [Confusion()] * (len(QUARTERS) - len(found))

    def within(self, radius_px: float) -> Confusion:
        """Return the agreement up to a distance, the distance included."""
        is_near = self.distance_px <= radius_px
        return confusion(self.is_predicted, self.is_actual, where=is_near)

    def actual_share_within(self, radius_px: float) -> float:
        """Return the share of the actual mask up to a distance; NaN if it sets nothing."""
        distance_px = self.distance_px[self.is_actual]
        return float((distance_px <= radius_px).mean()) if distance_px.size else np.nan

    def actual_quantiles_px(self, shares: Sequence[float]) -> NDArray[np.float64]:
        """Return the distances within which shares of the actual mask lie; NaN if it is empty."""
        distance_px = self.distance_px[self.is_actual]
        if not distance_px.size:
            return np.full(len(shares), np.nan)
        return np.quantile(distance_px, shares)


def claimed_pixels(predicted: NDArray[np.bool_], actual: NDArray[np.bool_]) -> ClaimedPixels:
    """Return the pixels of two masks about a crater.

    Args:
        predicted: ``(2 n, 2 n)``, the crater in the corner of the four pixels in the middle.
        actual: The same shape.

    Raises:
        RasterError: If the shapes differ, or have no such middle.
    """
    side = predicted.shape[0]
    if not predicted.shape == actual.shape == (side, side) or side % 2:
        raise RasterError(
            "masks about a crater must be square with an even side, both alike; got "
            f"{predicted.shape} and {actual.shape} px"
        )
    half = side // 2
    row, col = np.nonzero(predicted | actual)
    return ClaimedPixels(
        distance_px=np.hypot(col - half + 0.5, half - row - 0.5),
        quarter=(2 * (row >= half) + (col >= half)).astype(np.int8),
        is_predicted=predicted[row, col],
        is_actual=actual[row, col],
    )
