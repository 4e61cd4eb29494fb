"""Regions of local tiles: blocks of longitude, and which tiles reach into which."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.body import Body
from ejmap_geo.errors import GridError
from ejmap_geo.local_tiles import TilePlace

BLOCK_DEG = 30.0
# Rows of the table of distances that are held at a time.
CHUNK = 512


def longitude_blocks(
    places: Sequence[TilePlace], *, width_deg: float = BLOCK_DEG
) -> NDArray[np.intp]:
    """Return the block of longitude that each place lies in, ``(place,)``, from 0 at -180 degrees.

    A block holds its western end.

    Raises:
        GridError: If blocks of that width do not go round the planet evenly.
    """
    if width_deg <= 0 or 360 % width_deg:
        raise GridError(f"blocks must divide 360 degrees, got {width_deg}; take 30, say")
    lon_deg = np.array([place.center.lon_deg for place in places], np.float64)
    return np.floor((lon_deg + 180) / width_deg).astype(np.intp)


def reaches_any(
    tiles: Sequence[TilePlace], others: Sequence[TilePlace], *, body: Body
) -> NDArray[np.bool_]:
    """Return for each tile whether the circle through its corners meets that of any other.

    Tiles whose circles lie apart share no ground, however they are turned.

    Args:
        tiles: The tiles in question.
        others: What they must not reach.
        body: The planet.

    Returns:
        ``(tile,)``.
    """
    reach = np.array([tile.corner_m for tile in tiles]) / body.radius_m
    others_reach = np.array([other.corner_m for other in others]) / body.radius_m
    meets = np.zeros(len(tiles), np.bool_)
    for start in range(0, len(tiles), CHUNK):
        part = slice(start, start + CHUNK)
        apart = angles_rad(tiles[part], others)
        meets[part] = (apart <= reach[part, None] + others_reach).any(axis=1)
    return meets


def angles_rad(places: Sequence[TilePlace], others: Sequence[TilePlace]) -> NDArray[np.float64]:
    """Return the great-circle angles between all pairs, ``(place, other)``."""
    here, there = _lon_lat_rad(places), _lon_lat_rad(others)
    lon, lat = here[:, :1], here[:, 1:]
    # The haversine keeps its digits where places are close.
    half_chord_squared = (
        np.sin((there[:, 1] - lat) / 2) ** 2
        + np.cos(lat) * np.cos(there[:, 1]) * np.sin((there[:, 0] - lon) / 2) ** 2
    )
    return 2 * np.arcsin(np.sqrt(np.clip(half_chord_squared, 0, 1)))


def _lon_lat_rad(places: Sequence[TilePlace]) -> NDArray[np.float64]:
    return np.radians(np.array([place.center for place in places], np.float64).reshape(-1, 2))
