"""Regions of local tiles: blocks of longitude, and which tiles reach into which."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.local_tiles import TilePlace
from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import Body

BLOCK_DEG = 30.0
# Neighbouring blocks that are tested together: half as many borders at which tiles are lost.
BLOCKS_TOGETHER = 2
FOLDS = 3
# Rows of the table of distances that are held at a time.
CHUNK = 512


class RegionFold(NamedTuple):
    """Positions of the tiles that train and of those that test; none shares ground with both.

    Attributes:
        trains: ``(tile,)`` positions, rising. A tile may be in neither part.
        tests: ``(tile,)`` positions, rising.
    """

    trains: NDArray[np.intp]
    tests: NDArray[np.intp]


def region_folds(
    places: Sequence[TilePlace], *, body: Body, folds: int = FOLDS, width_deg: float = BLOCK_DEG
) -> list[RegionFold]:
    """Split tiles by longitude so that each is tested in one fold by tiles of other ground.

    Pairs of neighbouring blocks go to the folds in turn; tiles of other blocks that reach into what
    is tested do not train.

    Args:
        places: What the tiles are centred on.
        body: The planet.
        folds: Number of folds, 2 or more.
        width_deg: Width of a block.

    Raises:
        GridError: If blocks of that width do not go round the planet evenly, or give not one pair a
            fold.
    """
    pair = longitude_blocks(places, width_deg=width_deg) // BLOCKS_TOGETHER
    if not 2 <= folds <= 360 / width_deg / BLOCKS_TOGETHER:
        raise GridError(
            f"{folds} folds cannot be made of pairs of blocks of {width_deg:g} degrees; take 2 or "
            "3, or narrower blocks"
        )
    parts: list[RegionFold] = []
    for fold in range(folds):
        is_tested = pair % folds == fold
        tests = np.flatnonzero(is_tested)
        others = np.flatnonzero(~is_tested)
        tested = [places[position] for position in tests.tolist()]
        meets = reaches_any([places[position] for position in others.tolist()], tested, body=body)
        parts.append(RegionFold(trains=others[~meets], tests=tests))
    return parts


def fits_into_block(place: TilePlace, *, body: Body, width_deg: float = BLOCK_DEG) -> bool:
    """Return whether a tile is no wider than a block at the equator; larger ones join regions."""
    return 2 * place.half_side_m <= np.radians(width_deg) * body.radius_m


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
