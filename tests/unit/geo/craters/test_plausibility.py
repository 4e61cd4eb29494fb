"""Craters that cannot all be right, and those that may be."""

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters import plausibility
from ejmap_geo.craters.plausibility import require_plausible
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import MERCURY


def _craters(lon: object, lat: object, radius_m: object) -> pd.DataFrame:
    table = pd.DataFrame({"lon_deg": lon, "lat_deg": lat, "radius_m": radius_m}, dtype=float)
    return table.assign(crater_id=np.arange(len(table)))


def _sphere(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return rng.uniform(-180, 180, count), lat, rng.uniform(1e4, 6e4, count)


def _told(craters: pd.DataFrame) -> list[str]:
    return require_plausible(craters, body=MERCURY, what="table")


@pytest.mark.parametrize("count", [1, 2, 5, 300])
def test_craters_all_over_the_planet_are_not_doubted(count: int) -> None:
    """However many there are."""
    assert _told(_craters(*_sphere(count))) == []


def test_a_region_about_the_origin_is_not_in_radians() -> None:
    """Craters of a few degrees about 0 0 that do not fill the box of radians are a region."""
    lon, lat, radius_m = _sphere(40)

    assert _told(_craters(lon / 180, lat / 90, radius_m / 20)) == []


def test_radians_are_refused_with_their_range() -> None:
    """They fill a box of 2 pi by pi about 0."""
    lon, lat, radius_m = _sphere(40)

    craters = _craters(np.radians(lon), np.radians(lat), radius_m)
    with pytest.raises(CatalogueError, match=r"lon_deg runs from -\d.* as radians do; state both"):
        _told(craters)
    (doubt,) = require_plausible(craters, body=MERCURY, what="table", are_degrees=True)
    assert doubt.startswith("doubtful: lon_deg runs from")


def test_one_spot_is_refused() -> None:
    """Three craters cannot lie inside of the smallest; two may."""
    nested = _craters([0, 1e-3, 2e-3], [0, 0, 0], [4e4, 3e4, 2e4])

    with pytest.raises(CatalogueError, match=r"all 3 craters lie within \d+ m of each other"):
        _told(nested)
    assert _told(nested.iloc[:2]) == []


def test_rows_of_one_crater_are_refused_and_named() -> None:
    """Whatever ids they have."""
    craters = _craters([0, 90, 0], [0, 10, 0], [4e4, 3e4, 4e4])

    with pytest.raises(CatalogueError, match=r"2 rows have the same place and radius.*id 0, 2"):
        _told(craters)


def test_near_doubles_are_found_whatever_the_size_of_the_others() -> None:
    """Two giants among small craters, and two small ones among giants; a tenth of a radius off."""
    lon, lat, radius_m = _sphere(60)
    for size, others in ((4e5, 1e3), (1e3, 4e5)):
        apart_deg = np.degrees(0.09 * size / MERCURY.radius_m)
        pair = _craters(
            [0, apart_deg, *lon], [0, 0, *lat], [size, size * 1.01, *radius_m * 0 + others]
        )

        told = [one for one in _told(pair) if "about the same place" in one]

        assert ["(crater_id 0 and 1)" in one for one in told] == [True]


def test_doubtful_figures_are_told() -> None:
    """Equal radii, radii of basins, near doubles, and places that look swapped."""
    lon, lat, radius_m = _sphere(60)
    near = _craters([0, 0.01, 90], [0, 0, 10], [4e4, 4.01e4, 3e4])

    assert (
        "all 60 craters have the same radius of 5000 m"
        in _told(_craters(lon, lat, np.full(60, 5e3)))[0]
    )
    assert "60 of 60 radii are above 305 km" in _told(_craters(lon, lat, radius_m + 4e5))[0]
    assert (
        "1 pair(s) of craters have about the same place and size (crater_id 0 and 1)"
        in (_told(near)[0])
    )
    assert "are lon_deg and lat_deg swapped?" in _told(_craters(lat, lon / 2, radius_m))[0]


def test_pairs_of_few_craters_are_those_that_a_tree_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close pairs among 200 craters, compared with each other and by the tree of SciPy."""
    lon, lat, radius_m = _sphere(200)
    lon[100:], lat[100:] = lon[:100] + 0.02, lat[:100]
    radius_m[100:] = radius_m[:100] * np.linspace(0.9, 1.1, 100)
    craters = _craters(lon, lat, radius_m)

    compared = plausibility._near_doubles(craters, MERCURY)
    monkeypatch.setattr(plausibility, "FEW_PLACES", 0)
    searched = plausibility._near_doubles(craters, MERCURY)

    assert 10 < len(compared) < 100
    assert compared == searched
