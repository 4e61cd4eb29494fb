"""Local tiles: small squares around places of a mosaic, each in its own azimuthal projection.

Every tile spans the same number of diameters of what lies in its middle, so that craters of all
sizes look alike, and is turned so that the light falls in from one side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import GridError, RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat, checked
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.sphere import destination

SIDE_PX = 32
SIDE_DIAMETERS = 2.2
# Light from the left: turning a tile upside down then leaves its light as it was.
LIGHT_FROM_DEG = 270.0
# More samples a pixel than 8 x 8 change a mean by less than the mosaic's own noise.
MOST_SAMPLES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TilePlace:
    """What a tile is centred on: a crater, or a place without one of the same size.

    Attributes:
        center: Middle of the tile; the longitude is brought to [-180, 180).
        radius_m: Rim radius of the crater, or of the one that could have been there.
        side_diameters: Side of the tile in crater diameters.
    """

    center: LonLat
    radius_m: float
    side_diameters: float = SIDE_DIAMETERS

    def __post_init__(self) -> None:
        for name, value in (("radius", self.radius_m), ("side", self.side_diameters)):
            if not (math.isfinite(value) and value > 0):
                raise GridError(f"{name} of a tile's crater must be positive, got {value}")
        object.__setattr__(self, "center", checked(self.center))

    @property
    def half_side_m(self) -> float:
        """Distance from the middle of the tile to its edges."""
        return self.side_diameters * self.radius_m

    @property
    def corner_m(self) -> float:
        """Distance from the middle of the tile to its corners."""
        return math.sqrt(2) * self.half_side_m

    def moved(self, *, body: Body, range_m: float, azimuth_deg: float) -> "TilePlace":
        """Return the same size at a distance along the great circle that leaves at an azimuth.

        The azimuth is clockwise from north.
        """
        lon0, lat0 = np.radians(self.center)
        azimuth = math.radians(azimuth_deg)
        lon, lat = destination(
            math.sin(lat0),
            math.cos(lat0),
            lon0,
            range_m / body.radius_m,
            math.sin(azimuth),
            math.cos(azimuth),
        )
        center = LonLat(math.degrees(lon), math.degrees(lat))
        return replace(self, center=center)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalTiles:
    """Tiles and how much of them the mosaic shows.

    Attributes:
        values: ``(tile, row, col)`` mean brightness; pixels without data hold the mean of the rest
            of their tile, 0 where there is none.
        valid_share: ``(tile,)`` share of pixels with data, 0 to 1.
        light_from_deg: Direction that the light comes from in every tile, clockwise from its upper
            edge; None when it is not known.
    """

    values: NDArray[np.float32]
    valid_share: NDArray[np.float32]
    light_from_deg: float | None

    @property
    def side_px(self) -> int:
        """Rows and columns of a tile."""
        return self.values.shape[-1]

    def chosen(self, positions: NDArray[np.integer] | NDArray[np.bool_]) -> "LocalTiles":
        """Return the tiles at some positions, or where a mask of all of them is set."""
        return replace(self, values=self.values[positions], valid_share=self.valid_share[positions])


def cut_tiles(
    mosaic: NDArray[np.number],
    places: Sequence[TilePlace],
    *,
    basemap: BasemapGrid,
    light_azimuth_deg: float | NDArray[np.floating] | None,
    nodata: float | None = 0,
    side_px: int = SIDE_PX,
) -> LocalTiles:
    """Cut a tile around each place, turned so that its light comes from the left.

    A pixel is the mean of as many samples as it spans pixels of the mosaic, at most 8 x 8, each
    interpolated between its four neighbours.

    Args:
        mosaic: ``(rows, cols)`` on ``basemap``.
        places: What the tiles are centred on.
        basemap: Grid of the mosaic.
        light_azimuth_deg: Direction towards the light on the ground, clockwise from north, one for
            all or ``(place,)``; None when it is not known, then tiles are not turned.
        nodata: Value that means "not imaged", NaN also does; None for none.
        side_px: Rows and columns of a tile.

    Raises:
        RasterError: If the mosaic does not have the shape of the basemap, or an azimuth is missing.
        GridError: If a tile would reach a quarter of the way around the planet.
    """
    if mosaic.shape != basemap.shape:
        raise RasterError(f"mosaic is {mosaic.shape}, but its grid is {basemap.shape}")
    up_rad = np.radians(_up_azimuths_deg(light_azimuth_deg, count=len(places)))
    values = np.zeros((len(places), side_px, side_px), np.float32)
    valid_share = np.zeros(len(places), np.float32)
    for number, place in enumerate(places):
        _require_local(place, basemap)
        pixel_m = 2 * place.half_side_m / side_px
        samples = min(MOST_SAMPLES, max(1, math.ceil(pixel_m / basemap.resolution_m)))
        lon0, lat0 = math.radians(place.center.lon_deg), math.radians(place.center.lat_deg)
        valid_share[number] = _cut(
            mosaic,
            values[number],
            (lon0, math.sin(lat0), math.cos(lat0), float(up_rad[number])),
            pixel_m / basemap.body.radius_m,
            samples,
            math.nan if nodata is None else float(nodata),
        )
    known = None if light_azimuth_deg is None else LIGHT_FROM_DEG
    return LocalTiles(values=values, valid_share=valid_share, light_from_deg=known)


def _up_azimuths_deg(
    light_azimuth_deg: float | NDArray[np.floating] | None, *, count: int
) -> NDArray[np.float64]:
    if light_azimuth_deg is None:
        return np.zeros(count)
    azimuths_deg = np.broadcast_to(np.asarray(light_azimuth_deg, np.float64), (count,))
    if not np.isfinite(azimuths_deg).all():
        raise RasterError(
            "the light's azimuth must be a number of degrees for every tile; leave out places "
            "whose light is not known"
        )
    return azimuths_deg - LIGHT_FROM_DEG


def _require_local(place: TilePlace, basemap: BasemapGrid) -> None:
    if place.corner_m >= basemap.body.half_circumference_m / 2:
        raise GridError(
            f"a tile around a crater of radius {place.radius_m:.0f} m reaches {place.corner_m:.0f} "
            f"m far, a quarter of the way around {basemap.body.name}; leave out such basins"
        )


@njit(cache=True)
def _cut(
    mosaic: NDArray[np.number],
    out: NDArray[np.float32],
    frame: tuple[float, float, float, float],
    step_rad: float,
    samples: int,
    nodata: float,
) -> float:
    """Fill one tile; return the share of its pixels that have data.

    ``frame`` is longitude, sine and cosine of the latitude of the middle, and the azimuth of up.
    """
    lon0, sin_lat0, cos_lat0, up = frame
    side = out.shape[0]
    is_valid = np.zeros((side, side), np.bool_)
    total, filled = 0.0, 0
    for i in range(side):
        for j in range(side):
            value, count = 0.0, 0
            for m in range(samples * samples):
                y = (side / 2 - i - (m // samples + 0.5) / samples) * step_rad
                x = (j + (m % samples + 0.5) / samples - side / 2) * step_rad
                azimuth = math.atan2(x, y) + up
                lon, lat = destination(
                    sin_lat0, cos_lat0, lon0, math.hypot(x, y), math.sin(azimuth), math.cos(azimuth)
                )
                sample = _interpolated(mosaic, lon, lat, nodata)
                if not math.isnan(sample):
                    value += sample
                    count += 1
            if count > 0:
                out[i, j] = value / count
                is_valid[i, j] = True
                total += value / count
                filled += 1
    if filled > 0:
        for i in range(side):
            for j in range(side):
                if not is_valid[i, j]:
                    out[i, j] = total / filled
    return filled / (side * side)


@njit(cache=True, inline="always")
def _interpolated(mosaic: NDArray[np.number], lon: float, lat: float, nodata: float) -> float:
    """Return the mean of the four nearest pixels by nearness; those without data are left out."""
    rows, cols = mosaic.shape
    row = (math.pi / 2 - lat) / math.pi * rows - 0.5
    col = (lon + math.pi) / (2 * math.pi) * cols - 0.5
    top, left = math.floor(row), math.floor(col)
    total, weights = 0.0, 0.0
    for k in range(4):
        i, j = top + k // 2, left + k % 2
        weight = (1 - abs(row - i)) * (1 - abs(col - j))
        if i < 0:
            i, j = -1 - i, j + cols // 2
        elif i >= rows:
            i, j = 2 * rows - 1 - i, j + cols // 2
        value = float(mosaic[i, j % cols])
        if value != nodata and not math.isnan(value):
            total += weight * value
            weights += weight
    return total / weights if weights > 0 else math.nan
