"""Columns that place craters elsewhere than those that are read are told."""

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.known_columns import known_columns
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import MOON, body_named

MARS = body_named("Mars")


@pytest.mark.parametrize(
    ("other", "values", "rows"),
    [
        ("longitude", (30.0, -50.0), 1),
        ("longitude", (390.0, 40.5), 0),
        ("lon_w", (330.0, -40.0), 0),
        ("latitude", (20.0, -20.0), 1),
    ],
)
def test_a_second_place_that_differs_is_told(
    other: str, values: tuple[float, float], rows: int
) -> None:
    """A degree more or less is how people place centres, and a turn more is the same place."""
    own = {"lon_deg": [30.0, 40.0], "lat_deg": [20.0, 20.0], "radius_m": [6e4, 6e4]}
    table = pd.DataFrame(own | {other: values})

    notes = known_columns(table, body=MOON, what="the table", stated={}).notes

    told = [one for one in notes if repr(other) in one]
    assert len(told) == min(rows, 1)
    assert all(f"({rows} such row(s)); check which is right" in one for one in told)


def test_planetographic_latitudes_are_those_of_a_sphere_or_refused() -> None:
    """On Mars they are up to a third of a degree off, unless a person says that they are not."""
    own = {"lon_deg": [30.0], "planetographic_latitude": [20.0], "radius_m": [6e4]}
    table = pd.DataFrame(own)
    stated = {"lat_deg": "planetographic_latitude"}

    moon = known_columns(table, body=MOON, what="the table", stated={})
    mars = known_columns(table, body=MARS, what="the table", stated=stated)

    assert [moon.table["lat_deg"][0], mars.table["lat_deg"][0]] == [20, 20]
    with pytest.raises(CatalogueError, match=r"state --column lat_deg=planetographic_latitude"):
        known_columns(table, body=MARS, what="the table", stated={})


def test_longitudes_to_the_west_beside_geometries_are_not_told() -> None:
    """A geometry states its CRS, and gazetteers have such columns; other latitudes are told."""
    table = pd.DataFrame({"crater_id": [1], "lon": [343.0], "lat": [-5.0], "radius_m": [6e4]})
    drawn = pd.DataFrame({"lon_deg": [17.0], "lat_deg": [5.0], "radius_m": [np.nan]})

    notes = known_columns(table, body=MOON, what="the table", stated={}, drawn=drawn).notes

    assert [one.split(" is not used")[0] for one in notes] == ["column 'lat'"]
