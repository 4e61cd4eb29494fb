"""Colours of amounts: from yellow to dark violet, so that growing darkness reads as more."""

from ejmap_geo.maps.color import Rgb

# Five colours of matplotlib's plasma, reversed.
STOPS = (Rgb(240, 249, 33), Rgb(248, 149, 64), Rgb(204, 71, 120), Rgb(126, 3, 168), Rgb(13, 8, 135))


def ramp_color(share: float) -> Rgb:
    """Return the colour of a share of the ramp, 0 to 1, between its stops."""
    place = min(max(share, 0.0), 1.0) * (len(STOPS) - 1)
    below = min(int(place), len(STOPS) - 2)
    part = place - below
    low, high = STOPS[below], STOPS[below + 1]
    return Rgb(*(round(a + (b - a) * part) for a, b in zip(low, high, strict=True)))
