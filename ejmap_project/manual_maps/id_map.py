"""A whole manual map of many craters in one raster of crater ids, as ``manual_FID_map.tif`` is."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.rasters.raster_place import place_on


class IdMap:
    """Crater ids on the basemap; a pixel holds one id at most, so that overlaps are of one crater.

    Attributes:
        crater_ids: Ids of the catalogue that the map holds, in rising order.
    """

    def __init__(self, ids: NDArray[np.integer], window: Window, found: Iterable[int]) -> None:
        self.crater_ids = tuple(sorted(found))
        self._ids = ids
        self._window = window

    def mask(self, crater_id: int, basemap: BasemapGrid) -> PlacedMask:
        """Return where the map names a crater."""
        return PlacedMask.in_window(self._ids == crater_id, window=self._window, basemap=basemap)


def read_id_map(path: Path, basemap: BasemapGrid, *, known: Iterable[int]) -> IdMap:
    """Read a map of crater ids, whole or cropped, and place it on the basemap by its bounds.

    Other values than ids of the catalogue are no ejecta of it.

    Args:
        path: A raster of whole numbers in one band. Its nodata value means "no ejecta".
        basemap: Grid of the map.
        known: Ids of the catalogue.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If it does not lie on the pixels of the basemap, holds no whole numbers, or 0
            may mean both crater 0 and no ejecta.
    """
    what = f"map of crater ids {path.name}"
    with opened(path) as raster:
        place = place_on(raster, basemap, what=what)
        if raster.count != 1 or not np.issubdtype(np.dtype(raster.dtypes[0]), np.integer):
            raise RasterError(
                f"{what} has {raster.count} band(s) of {raster.dtypes[0]}; ids are whole numbers "
                "in one band"
            )
        ids, nodata = raster.read(1), raster.nodata
    wanted = set(known)
    if nodata is None and 0 in wanted and (ids == 0).any():
        raise RasterError(
            f"{what} states no nodata value, and 0 is the id of a crater, so that its ejecta "
            "cannot be told from none; state the value of no ejecta (gdal_edit.py -a_nodata)"
        )
    ids = ids[:: -1 if place.is_south_up else 1, :: -1 if place.is_mirrored else 1]
    found = {int(one) for one in np.unique(ids)} & wanted
    return IdMap(ids, place.window, found - ({int(nodata)} if nodata is not None else set()))
