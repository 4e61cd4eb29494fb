"""Splits: which labelled tiles train and which validate."""

import numpy as np
from numpy.typing import NDArray

from ejmap_ml.errors import SampleError


def stratified_split(
    strata: NDArray[np.int_], *, fraction: float, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Draw ``fraction`` of every stratum for validation; the rest trains.

    Each stratum gives the number of samples closest to its share, a half rounded to the even
    number; a stratum with one member trains. Both results are in rising order.

    Args:
        strata: Stratum of each sample.
        fraction: Share drawn, in [0, 1).
        rng: Source of the draw.

    Returns:
        Positions that train and positions that validate.

    Raises:
        SampleError: The fraction is out of range.
    """
    if not 0 <= fraction < 1:
        raise SampleError(f"validation fraction must lie in [0, 1), got {fraction}")
    drawn: list[NDArray[np.intp]] = [np.empty(0, dtype=np.intp)]
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        count = min(round(fraction * len(members)), len(members) - 1)
        drawn.append(rng.permutation(members)[:count])
    validates = np.sort(np.concatenate(drawn))
    return np.setdiff1d(np.arange(len(strata)), validates), validates
