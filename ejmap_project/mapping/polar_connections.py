"""Connections that follow from a polar prediction: which tiles hold ejecta of the mask (ADR 15)."""

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

# Pixels of ejecta that connect a tile; docs/adr/0015 has the scores of others.
EJECTA_PX = 8


def connections_of_polar(
    places: pd.DataFrame,
    members: Sequence[NDArray[np.float32]],
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> pd.DataFrame:
    """Connect the tiles in which the mask of a crater has at least :data:`EJECTA_PX` pixels.

    The probability of a tile is the one that its brightest :data:`EJECTA_PX` pixels reach, so a
    tile is connected exactly if its probability is above one half. A member votes for a tile by the
    same rule, with its own probabilities.

    Args:
        places: Mapping tiles: ``row``, ``col`` and ``side_px`` on ``azimuthal``, and any others.
        members: Probability of ejecta by each member, ``(rows, cols)`` on ``polar``.
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
            votes[:] += is_set(reached_by(raster, windows, count=EJECTA_PX))
            yield raster

    layers = combine_members(around_the_crater())
    probability = reached_by(layers.probability, windows, count=EJECTA_PX)
    return places.assign(
        probability=probability.astype(np.float64),
        vote_fraction=votes / layers.member_count,
        is_connected=is_set(probability),
    )


def reached_by(
    raster: NDArray[np.float32], windows: Sequence[Window], *, count: int
) -> NDArray[np.float32]:
    """Return the value that the ``count`` largest pixels of each window reach, ``(window,)``.

    A window of fewer pixels has its smallest value.

    Args:
        raster: ``(rows, cols)``.
        windows: Parts of it.
        count: Number of pixels.
    """
    reached = np.empty(len(windows), np.float32)
    for number, window in enumerate(windows):
        values = raster[window.slices].ravel()
        place = max(values.size - count, 0)
        reached[number] = np.partition(values, place)[place]
    return reached
