"""Colours of neighbours, measured with distances on the sphere."""

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.maps.neighbour_colors import PALETTE, neighbour_colors

SPHERE = Geod(a=1.0, b=1.0)


def _craters(count: int, seed: int) -> list[Crater]:
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return [
        Crater(crater_id=number, name="", center=LonLat(*map(float, place)), radius_m=1000)
        for number, place in enumerate(zip(lon, lat, strict=True))
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_crater_shares_its_colour_with_no_near_one_before_it(seed: int) -> None:
    """With seven colours the six nearest can always be avoided, across the map's edge too."""
    craters = _craters(120, seed)

    colors = neighbour_colors(reversed(craters))

    for number, crater in enumerate(craters[1:], start=1):
        before = craters[:number]
        away = [SPHERE.inv(*crater.center, *other.center)[2] for other in before]
        nearest = [before[place] for place in np.argsort(away)[:6]]
        assert colors[crater.crater_id] not in [colors[one.crater_id] for one in nearest]


def test_few_craters_have_a_colour_each() -> None:
    """And none need no colour."""
    assert len(set(neighbour_colors(_craters(len(PALETTE), 1)).values())) == len(PALETTE)
    assert neighbour_colors([]) == {}


def test_the_colours_differ_in_lightness_or_hue_for_readers_without_red_or_green() -> None:
    """Simulated after Vienot, Brettel and Mollon (1999), on the linear values."""
    linear = (np.array(PALETTE) / 255) ** 2.2
    to_lms = np.array(
        [[17.8824, 43.5161, 4.1194], [3.4557, 27.1554, 3.8671], [0.02996, 0.18431, 1.4670]]
    )
    protan = np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]])
    deutan = np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]])
    for seen_as in (protan, deutan):
        seen = linear @ to_lms.T @ seen_as.T @ np.linalg.inv(to_lms).T
        shown = np.clip(seen, 0, 1) ** (1 / 2.2) * 255
        apart = np.linalg.norm(shown[:, None] - shown[None], axis=-1)
        assert apart[~np.eye(len(PALETTE), dtype=bool)].min() > 30
