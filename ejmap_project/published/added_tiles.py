"""Rectangles that a person adds to published ones, and the numbers that they are published under.

A rectangle in which the ejecta of every labelled crater were mapped is *temporary*: 100000 + n. One
of a single crater is *crater-unique*: 10^10 + FID 10^6 + n. So no number meets a published one, and
a number tells whose ejecta are known in its rectangle.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.tile_locations import OwnedLocation, read_owned_locations
from ejmap_project.errors import SourceError

TEMPORARY = 100_000
UNIQUE, OF_CRATER = 10**10, 10**6


class AddedTiles(NamedTuple):
    """Rectangles that were added, by the number that they are published under.

    Attributes:
        shared: Those in which the ejecta of every labelled crater were mapped.
        of_crater: Those in which the ejecta of one crater were, by its id.
    """

    shared: Mapping[int, Window]
    of_crater: Mapping[int, Mapping[int, Window]]


NONE = AddedTiles({}, {})


def published_number(number: int, crater_id: int | None) -> int:
    """Return what a rectangle is published under.

    Args:
        number: Its number among those that were added, below a million.
        crater_id: The only crater whose ejecta were mapped in it; None for every labelled one.
    """
    return TEMPORARY + number if crater_id is None else UNIQUE + crater_id * OF_CRATER + number


def owner_of(tile_id: int) -> int | None:
    """Return the only crater that a published number is of; None where it is of every crater."""
    return (tile_id - UNIQUE) // OF_CRATER if tile_id >= UNIQUE else None


def read_added_tiles(path: Path, *, basemap: BasemapGrid, published: Iterable[int]) -> AddedTiles:
    """Read the rectangles that a person added.

    Args:
        path: A table as :func:`~ejmap_geo.tiles.tile_locations.read_owned_locations` reads it.
        basemap: Grid of the rectangles.
        published: Numbers that are taken.

    Raises:
        GeoError: If the table does not fit.
        SourceError: If a number is a million or more, or its published number is taken.
    """
    taken = {*published}
    shared: dict[int, Window] = {}
    of_crater: dict[int, dict[int, Window]] = {}
    for one in read_owned_locations(path, basemap=basemap):
        number = _free_number(one, path, taken)
        if one.crater_id is None:
            shared[number] = one.window
        else:
            of_crater.setdefault(one.crater_id, {})[number] = one.window
    return AddedTiles(shared, of_crater)


def _free_number(one: OwnedLocation, path: Path, taken: set[int]) -> int:
    if one.tile_id >= OF_CRATER:
        raise SourceError(
            f"{path}: tile_id {one.tile_id} is too large; number the tiles that you add from 0 to "
            f"{OF_CRATER - 1}"
        )
    number = published_number(one.tile_id, one.crater_id)
    if number in taken:
        raise SourceError(
            f"{path}: tile_id {one.tile_id} becomes the number {number}, which is published "
            "already; give it another one"
        )
    return number
