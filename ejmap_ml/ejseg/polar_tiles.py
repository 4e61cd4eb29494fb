"""Which labelled tile each cell of a polar view lies in."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.resampling.reproject import to_polar
from ejmap_geo.tiles.labels import windows_of
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import polar_grid

NO_TILE = -1


def tile_id_view(
    labelled: pd.DataFrame, *, basemap: BasemapGrid, crater: Crater, config: PolarViewConfig
) -> NDArray[np.int32]:
    """Return the labelled tile that the centre of each cell lies in.

    Only the rectangles on the basemap matter, not whether the crater's raster has a square there.

    Args:
        labelled: Labelled tiles of the crater: ``tile_id`` and rectangle (``basemap_row``, ...).
            Where rectangles overlap the later row is taken.
        basemap: Grid of the rectangles.
        crater: The crater at the origin.
        config: Size and reach of the view.

    Returns:
        ``(rows, cols)`` tile ids; -1 in cells that lie in no tile or off the planet.
    """
    windows = windows_of(labelled)
    tile_ids = np.array([NO_TILE, *windows], np.int32)
    # Their order instead of ids: on the published basemap int32 would be a gigabyte.
    order = np.zeros((1, *basemap.shape), np.min_scalar_type(len(windows)))
    for number, window in enumerate(windows.values(), start=1):
        for there, _ in window.pieces(basemap.width_px):
            order[(0, *there)] = number
    polar = polar_grid(crater, body=basemap.body, config=config)
    seen = to_polar(order, basemap=basemap, polar=polar, nodata=None)[0]
    return tile_ids[np.nan_to_num(seen).astype(np.intp)]
