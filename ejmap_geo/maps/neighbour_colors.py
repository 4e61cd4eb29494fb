"""Colours of a map whose craters are named on it: few, and never the same for neighbours.

Seven colours can be told apart by readers who see red and green alike; hundreds cannot.
"""

from collections.abc import Iterable

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.maps.color import Rgb

# Okabe and Ito, "Color universal design" (2008), without black. White is for overlaps.
PALETTE = (
    Rgb(230, 159, 0),
    Rgb(86, 180, 233),
    Rgb(0, 158, 115),
    Rgb(240, 228, 66),
    Rgb(0, 114, 178),
    Rgb(213, 94, 0),
    Rgb(204, 121, 167),
)


def neighbour_colors(craters: Iterable[Crater]) -> dict[int, Rgb]:
    """Return a colour for each crater id; it depends on the places of the craters alone.

    By rising id each crater takes the colour whose nearest crater is farthest away. So it shares
    its colour with none of the six nearest craters before it.
    """
    ordered = sorted(craters, key=lambda one: one.crater_id)
    lon, lat = np.radians(np.array([one.center for one in ordered]).reshape(-1, 2)).T
    places = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    chosen = np.zeros(len(ordered), int)
    for number, place in enumerate(places):
        # The cosine of the distance to the nearest crater of each colour, the smaller the farther.
        nearness = np.full(len(PALETTE), -np.inf)
        np.maximum.at(nearness, chosen[:number], places[:number] @ place)
        chosen[number] = int(np.argmin(nearness))
    return {one.crater_id: PALETTE[color] for one, color in zip(ordered, chosen, strict=True)}
