"""Links from the map to the craters that it is made from."""

import numpy as np

from ejmap_assets.metadata.map_links import LINKED_CRATERS, links_of_map
from ejmap_geo.craters.catalogue import Crater, catalogue_from
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat


def _made_of(names: list[str], *, area_km2: float) -> list[str]:
    craters = [
        Crater(crater_id=number, name=name, center=LonLat(0, 0), radius_m=1e4)
        for number, name in enumerate(names)
    ]
    table = catalogue_from(craters, MERCURY).assign(state="current", mask_km2=area_km2)
    return str(links_of_map(table)["made_of"].value).splitlines()


def test_a_row_links_the_mask_of_its_crater() -> None:
    """A row links the crater's mask, with state and rounded area, without Markdown in the name."""
    rows = _made_of(["Han Kan", "[x](http://evil)"], area_km2=1234.6)

    link = "/assets/basemap_mask?view=partitions&partition="
    assert rows[2] == f"| [0000 Han Kan]({link}0000) | current | 1235 |"
    assert rows[3] == f"| [0001  x  http   evil]({link}0001) | current | 1235 |"


def test_a_crater_without_name_or_area_is_linked_by_its_key() -> None:
    """The link of an unnamed crater shows its key; a crater that is not drawn has no area."""
    rows = _made_of([""], area_km2=np.nan)

    assert rows[2].startswith("| [0000](")
    assert rows[2].endswith("| current |  |")


def test_only_the_first_hundred_craters_are_listed() -> None:
    """Only 100 craters are listed and the others counted, because every page loads the metadata."""
    rows = _made_of([""] * (LINKED_CRATERS + 3), area_km2=1.0)

    assert len([row for row in rows if "partition=" in row]) == LINKED_CRATERS
    assert rows[-1] == "3 more in craters.gpkg"
