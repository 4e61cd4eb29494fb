"""Connections that follow from a polar prediction: tiles with ejecta of the mask (ADR 15)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import is_set
from ejmap_geo.masks.polar_members import largest_in_squares


def connections_of_polar(
    places: pd.DataFrame,
    members: Sequence[NDArray[np.float32]],
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> pd.DataFrame:
    """Connect the tiles in which the mask of a crater has ejecta.

    The probability of a tile is the largest one of its pixels, so a tile is connected exactly if
    its probability is above one half. A member votes for a tile by the same rule, with its own
    probabilities.

    Args:
        places: Mapping tiles: ``row``, ``col`` and ``side_px`` on ``azimuthal``, and any others.
        members: Probability of ejecta by each member, measured by the border at which they begin,
            ``(rows, cols)`` on ``polar``.
        polar: Grid of the members.
        azimuthal: Grid of the tiles, about the same centre.

    Returns:
        ``places`` with ``probability``, ``vote_fraction`` and ``is_connected``.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    squares = places[["row", "col", "side_px"]].to_numpy(np.int64)
    *largest, mean = largest_in_squares(members, squares, polar=polar, azimuthal=azimuthal)
    return places.assign(
        probability=mean.astype(np.float64),
        vote_fraction=np.mean([is_set(one) for one in largest], axis=0),
        is_connected=is_set(mean),
    )
