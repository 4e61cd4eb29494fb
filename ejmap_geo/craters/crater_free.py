"""Crater-free places: as large as a crater of the catalogue, near it, and crossed by no rim.

They are found from the catalogue alone. To choose them by the image or the elevation that the
tiles are made of would make them easier to tell from craters than they are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.local_tiles import TilePlace
from ejmap_geo.craters.tile_regions import angles_rad
from ejmap_geo.grids.body import Body

FARTHEST_SIDES = 3.0
CLEARANCE_RADII = 1.0
ROUNDS = 10
DRAWS_A_ROUND = 20


class CraterFree(NamedTuple):
    """Crater-free places and the craters that they match.

    Attributes:
        places: The places, in the order of their craters.
        matches: ``(place,)`` index of the crater of each; a crater without room has none.
    """

    places: list[TilePlace]
    matches: NDArray[np.intp]


def crater_free_places(
    craters: Sequence[TilePlace],
    *,
    body: Body,
    rng: np.random.Generator,
    clearance_radii: float = CLEARANCE_RADII,
    matched: Sequence[int] | None = None,
) -> CraterFree:
    """Draw one crater-free place for each crater: of its size, in its neighbourhood.

    The place is drawn evenly from the ring between one and three tile sides around the crater. It
    is crater-free when no catalogued rim comes nearer than its own radius (times the clearance):
    neither a crater within it nor the wall of a larger one, while the floor of a basin may do. What
    the catalogue leaves out can lie there all the same.

    Args:
        craters: All craters of the catalogue, also those that get no tile.
        body: The planet.
        rng: Source of the draws.
        clearance_radii: Distance of the nearest rim, in radii of the place.
        matched: Positions of the craters that get a place; None for all.
    """
    places: list[TilePlace] = []
    matches: list[int] = []
    for number in range(len(craters)) if matched is None else matched:
        crater = craters[number]
        for _ in range(ROUNDS):
            drawn = _drawn_around(crater, body=body, rng=rng)
            is_free = rim_distances_m(drawn, craters, body=body) > clearance_radii * crater.radius_m
            if is_free.any():
                places.append(drawn[int(is_free.argmax())])
                matches.append(number)
                break
    return CraterFree(places, np.array(matches, np.intp))


def rim_distances_m(
    places: Sequence[TilePlace], craters: Sequence[TilePlace], *, body: Body
) -> NDArray[np.float64]:
    """Return the distance from each place to the nearest rim of any crater, ``(place,)``."""
    center_m = angles_rad(places, craters) * body.radius_m
    radius_m = np.array([crater.radius_m for crater in craters])
    return np.abs(center_m - radius_m).min(axis=1, initial=np.inf)


def _drawn_around(crater: TilePlace, *, body: Body, rng: np.random.Generator) -> list[TilePlace]:
    nearest_m, farthest_m = (
        min(2 * crater.half_side_m * sides, body.half_circumference_m)
        for sides in (1.0, FARTHEST_SIDES)
    )
    # Even over the ring: its area grows with the square of the distance.
    range_m = np.sqrt(rng.uniform(nearest_m**2, farthest_m**2, DRAWS_A_ROUND))
    azimuth_deg = rng.uniform(0, 360, DRAWS_A_ROUND)
    return [
        crater.moved(body=body, range_m=float(away_m), azimuth_deg=float(towards_deg))
        for away_m, towards_deg in zip(range_m, azimuth_deg, strict=True)
    ]
