"""How far the rays of a crater reach where no other crater of the map is more probable."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import rasterio
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import NODATA
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.patterns.own_rays import RaySpan, own_end_m

FIRST_BAND = 2
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnPixels:
    """Pixels of the map that a crater claims, and no other one more probably.

    Attributes:
        crater_id: The crater.
        placed: Its ejecta.
        ranked: The raster ``overlaps``, whose second band holds the surest claimant.
        basemap: Grid of both.
    """

    crater_id: int
    placed: PlacedMask
    ranked: rasterio.DatasetReader
    basemap: BasemapGrid

    def at(self, lon_deg: Floats, lat_deg: Floats) -> NDArray[np.bool_]:
        """Return whether points in degrees are the crater's own."""
        row, col = self.basemap.pixels(lon_deg, lat_deg)
        own = self.placed.at(row, col, self.basemap)
        for k in np.flatnonzero(own).tolist():
            pixel = ((int(row[k]), int(row[k]) + 1), (int(col[k]), int(col[k]) + 1))
            first = int(self.ranked.read(FIRST_BAND, window=pixel)[0, 0])
            own[k] = first in {self.crater_id, NODATA}
        return own


def with_own_ends(
    rays: pd.DataFrame, own: OwnPixels | None, crater: Crater, body: Body
) -> pd.DataFrame:
    """Return a crater's table of rays with the column ``own_end_km``.

    Args:
        rays: Under ``RayTable``.
        own: The crater's own pixels; None where nothing ranks the craters.
        crater: The crater.
        body: The planet.
    """
    spans = [
        RaySpan(one["azimuth_deg"], one["spread_deg"], 1e3 * one["start_km"], 1e3 * one["end_km"])
        for one in rays.to_dict("records")
    ]
    ends_m = [
        math.nan if own is None else own_end_m(span, own.at, center=crater.center, body=body)
        for span in spans
    ]
    return rays.assign(own_end_km=np.array(ends_m, np.float64) / 1000)


def own_values(rays: pd.DataFrame, crater: Crater) -> dict[str, float | bool]:
    """Return the longest own ray of a crater; NaN if it has none."""
    longest_km = float(rays["own_end_km"].max()) if len(rays) else math.nan
    return {
        "own_longest_ray_km": longest_km,
        "own_longest_ray_radii": 1000 * longest_km / crater.radius_m,
    }
