"""Connections that follow from a polar prediction: tiles with ejecta of the mask (ADR 15)."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import combine_members, is_set
from ejmap_geo.resampling.reproject import polar_to_azimuthal
from ejmap_project.files.connection_table import tile_windows


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
    windows = tile_windows(places)
    votes = np.zeros(len(windows))

    def around_the_crater() -> Iterator[NDArray[np.float32]]:
        for member in members:
            raster = polar_to_azimuthal(member, polar=polar, azimuthal=azimuthal)
            votes[:] += is_set(_largest(raster, windows))
            yield raster

    layers = combine_members(around_the_crater())
    probability = _largest(layers.probability, windows)
    return places.assign(
        probability=probability.astype(np.float64),
        vote_fraction=votes / layers.member_count,
        is_connected=is_set(probability),
    )


def _largest(raster: NDArray[np.float32], windows: Sequence[Window]) -> NDArray[np.float32]:
    """Return the largest value in each window of a raster, ``(window,)``."""
    return np.array([raster[window.slices].max() for window in windows], np.float32)
