"""Names and units of the columns of crater tables, as catalogues and people write them."""

import re
from typing import NamedTuple

from ejmap_geo.tables.units import (
    ANGLES,
    EAST,
    KM,
    LENGTHS,
    NORTH,
    UNIT_WORDS,
    WEST,
    words_in,
)

# On a sphere, latitudes of both kinds are the same. Planetographic longitudes grow to the west or
# to the east, as the planet turns.
CENTRIC, GRAPHIC = "planetocentric", "planetographic"
# Words that say nothing of their own, and ranges such as ``0-360W``.
FILLERS = frozenset({"in", "of"})
TURN = re.compile(r"^(?:0|180|360)([ew]?)$")

# What the words of a name mean together, best name first. The circles that Robbins fitted come
# in three lengths: of his tables of the Moon and of Mars, and cut off by Shapefiles.
CIRCLES = ("{}circimg", "{}circi", "{}circleimage", "{}circ", "{}circleimag")
LATITUDES = (
    *("lat", "latitude", "centerlat", "centerlatitude", "centrelat", "centrelatitude"),
    *("clat", "latc", "latcenter", "latcentre", "centerla", "craterlat"),
    *(name.format(stem) for stem in ("lat", "latitude") for name in CIRCLES),
)
LONGITUDES = (
    *(
        name.replace("latitude", "longitude").replace("lat", "lon").replace("rla", "rlo")
        for name in LATITUDES
    ),
    *("long", "lng", "centerlong", "clong"),
)
DIAMETERS = (
    *("diameter", "diam", "d", "dia", "craterdiameter", "craterdiam", "meandiameter"),
    *(name.format("diam") for name in CIRCLES),
)
RADII = ("radius", "rad", "r", "rimradius", "craterradius")
IDS = ("craterid", "cratfid", "featureid", "id", "fid")
NAMES = ("name", "cratername", "featurename", "crater", "cleanname", "cleanfeaturename")
LABELLED = ("labelled", "labeled")
REACHES = ("reach",)
OF_ROLE = {
    "crater_id": IDS,
    "name": NAMES,
    "lon_deg": LONGITUDES,
    "lat_deg": LATITUDES,
    "radius_m": RADII,
    "diameter": DIAMETERS,
    "labelled": LABELLED,
    "reach_m": REACHES,
}
RANKS = {name: (role, rank) for role, names in OF_ROLE.items() for rank, name in enumerate(names)}
# Diameters whose catalogue has them in kilometres without saying so in the name.
KM_BY_CATALOGUE = frozenset(name.format("diam") for name in CIRCLES)
ANGULAR = ("lon_deg", "lat_deg")
SIZES = ("radius_m", "diameter", "reach_m")


class Meaning(NamedTuple):
    """What a column holds.

    Attributes:
        role: The column of ours that it is, or ``diameter``.
        rank: Place among the names of that role: the lowest is meant where there are several.
        factor: What its numbers are multiplied by to be metres or degrees; None if no unit is
            known.
        is_west: Whether longitudes grow to the west; None if the name does not say.
    """

    role: str
    rank: int
    factor: float | None = 1.0
    is_west: bool | None = None


def meaning_of(name: str) -> Meaning | None:
    """Return what a column of this name holds, or None.

    ``D (km)``, ``Diam_km``, ``DIAM_CIRC_IMG``, ``Center_Lat``, ``Longitude [deg E]`` and ``lon_w``
    are understood; case, blanks and brackets do not matter.
    """
    words = [word.replace(CENTRIC, "").replace(GRAPHIC, "") for word in words_in(name)]
    words = [part for word in words for part in TURN.sub(r" \1", word).split()]
    # From the end: what is left when units and directions are taken away is the name itself.
    stem, tail = [word for word in words if word not in FILLERS], list[str]()
    while len(stem) > 1 and stem[-1] in UNIT_WORDS:
        tail.insert(0, stem.pop())
    if len(stem) > 1 and stem[0] in EAST | WEST | NORTH:
        tail.append(stem.pop(0))
    key = "".join(stem)
    is_west = next((word in WEST for word in tail if word in EAST | WEST), None)
    if key in {"lone", "lonw"}:
        key, is_west = "lon", key == "lonw"
    known = RANKS.get(key)
    if known is None:
        return None
    role, rank = known
    if role in SIZES and any(word in ANGLES for word in tail):
        # An angle seen from the centre of the planet, which is no length.
        return None
    if role == "lon_deg" and is_planetographic(name) and is_west is None:
        return None
    return Meaning(role, rank, _factor(role, key, tail), is_west if role == "lon_deg" else None)


def is_planetographic(name: str) -> bool:
    """Return whether a name says that its column holds planetographic coordinates."""
    return GRAPHIC in name.lower()


def is_angle(name: str) -> bool:
    """Return whether a name says that its column holds degrees or radians."""
    return any(word in ANGLES for word in words_in(name)[1:])


def _factor(role: str, key: str, tail: list[str]) -> float | None:
    if role in ANGULAR:
        return next((ANGLES[word] for word in tail if word in ANGLES), 1.0)
    if role in SIZES:
        stated = next((LENGTHS[word] for word in tail if word in LENGTHS), None)
        return KM if stated is None and key in KM_BY_CATALOGUE else stated
    return 1.0
