"""From what the members of an ensemble say in a polar view to layers around the crater."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import EnsembleLayers, combine_members
from ejmap_geo.resampling.reproject import polar_to_azimuthal


def layers_of_views(
    members: Iterable[NDArray[np.float32]], *, polar: PolarGrid, azimuthal: AzimuthalGrid
) -> EnsembleLayers:
    """Combine the members of an ensemble around a crater, holding two rasters at most.

    Each member is resampled first: a member votes in pixels of the raster, not in polar cells.

    Args:
        members: Probability of ejecta by each member, ``(rows, cols)`` on ``polar``.
        polar: Grid of the members.
        azimuthal: Grid of the result, about the same centre.

    Returns:
        Mean probability and vote fraction on ``azimuthal``; 0 within the inner and beyond the
        outer edge of the view.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    return combine_members(
        polar_to_azimuthal(member, polar=polar, azimuthal=azimuthal) for member in members
    )
