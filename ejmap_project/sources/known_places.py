"""Whether a crater table has well-known craters where they are, and as large as they are.

The craters of the reference set lie where the gazetteer of the IAU has them. A table that has
several of them at a mirrored, turned or swapped place, or in twice their size, and none where they
are, is read in the wrong way.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_project.reference.reference_crater import reference_craters

# Fewer craters can fit by chance, even in tables of ten thousands.
FEWEST_FITTING = 3
WITHIN_DEG = 0.3
LARGEST_RATIO = 1.15

Places = NDArray[np.float64]
# Longitude, latitude and radius that a known crater would have if the table were read wrongly.
WRONG_WAYS: tuple[tuple[str, str, Callable[[Places], Places]], ...] = (
    (
        "at the mirrored longitude",
        f"state the other direction (with or without {statements.WEST_POSITIVE})",
        lambda known: known * (-1, 1, 1),
    ),
    (
        "180 degrees from where they are",
        f"correct its longitudes by 180 degrees ({statements.column('lon_deg', 'NAME+180')})",
        lambda known: np.add(known, (180, 0, 0)),
    ),
    (
        "at swapped longitude and latitude",
        f"swap them ({statements.column('lon_deg', 'NAME')}, and lat_deg alike)",
        lambda known: known[:, [1, 0, 2]],
    ),
    (
        "with twice their radius",
        f"give the radius instead of the diameter ({statements.column('radius_m', 'NAME*0.5')})",
        lambda known: known * (1, 1, 2),
    ),
    (
        "with half their radius",
        f"do not halve the radius twice ({statements.column('radius_m', 'NAME*2')})",
        lambda known: known * (1, 1, 0.5),
    ),
)


def misplaced(craters: Sequence[Crater], *, body: Body) -> list[str]:
    """Return a sentence if well-known craters are elsewhere or of another size; none if all fits.

    Args:
        craters: Craters of the table.
        body: The planet.
    """
    named = {name: one for (of, name), one in reference_craters().items() if of == body.name}
    if not named or not craters:
        return []
    names = [*named]
    known = np.array([(*one.center, one.radius_m) for one in named.values()])
    table = np.array([(*crater.center, crater.radius_m) for crater in craters])
    if _fitting(known, table).any():
        return []
    for how, remedy, wrongly in WRONG_WAYS:
        fits = _fitting(wrongly(known), table)
        if fits.sum() >= FEWEST_FITTING:
            shown = ", ".join(np.array(names)[fits][:FEWEST_FITTING])
            found = f"{fits.sum()} well-known craters of {body.name} {how} ({shown})"
            return [f"the crater table has {found}, and none where it is; {remedy}"]
    return []


def _fitting(known: Places, table: Places) -> NDArray[np.bool_]:
    """Return which known craters stand in the table, by place and size."""
    fits = np.zeros(len(known), np.bool_)
    for number, (lon, lat, radius_m) in enumerate(known):
        away_lon = np.abs((table[:, 0] - lon + 180) % 360 - 180) * math.cos(math.radians(lat))
        is_there = (away_lon < WITHIN_DEG) & (np.abs(table[:, 1] - lat) < WITHIN_DEG)
        ratio = table[:, 2] / radius_m
        fits[number] = (is_there & (ratio < LARGEST_RATIO) & (ratio > 1 / LARGEST_RATIO)).any()
    return fits
