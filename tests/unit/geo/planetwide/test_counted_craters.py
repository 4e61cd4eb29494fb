"""Counted craters have no ids and no limits of a catalogue, and remedies name columns alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.crater_table import LARGEST_CRATER_ID
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import MERCURY, Body, body_named
from ejmap_geo.planetwide.counted_craters import CountedCraters, read_counted_craters

REGION = "0,0,1\n1,1,1\n2,-1,1\n3,1,1\n6,0,1\n"


def _read(folder: Path, text: str, body: Body = MERCURY) -> CountedCraters:
    path = folder / "counted.csv"
    path.write_text(text)
    return read_counted_craters(path, body=body)


def test_more_craters_than_a_map_can_number_are_read(tmp_path: Path) -> None:
    """A count of small craters has hundreds of thousands of rows, and ids are of no use."""
    count = LARGEST_CRATER_ID + 2
    lon_deg, lat_deg = np.linspace(0, 359.99, count), np.linspace(-60, 60, count)
    table = pd.DataFrame({"id": 7, "lon": lon_deg, "lat": lat_deg, "diam_km": 0.3})

    found = _read(tmp_path, table.to_csv(index=False))

    assert found.diameter_km.size == count
    assert found.lon_deg[-1] == pytest.approx(-0.01)


@pytest.mark.parametrize(
    ("header", "size", "diameter_km"),
    [
        ("diameter_km", 0.4, 0.4),
        ("radius_m", 50, 0.1),
        ("D [m]", 300, 0.3),
        ("diameter", 90_000, 90),
    ],
)
def test_small_craters_are_read_in_the_unit_of_their_column(
    tmp_path: Path, header: str, size: float, diameter_km: float
) -> None:
    """One without a unit, too, where it can be metres alone."""
    found = _read(tmp_path, f"lon_w,lat,{header}\n10,5,{size}\n350,-5,{size}\n")

    np.testing.assert_allclose(found.diameter_km, diameter_km)
    np.testing.assert_allclose(found.lon_deg, [-10, 10])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lon,lat,diameter\n1,2,0.8\n", "could be kilometres or metres.*.diameter_km as its name"),
        ("lon,lat,depth\n1,2,3\n", "has no column radius_m; .*name its columns lon_deg, lat_deg"),
        ("lon,lat,diam_km\n1,2,3\n1,north,3\n", "lat_deg must .*found north in row 2"),
        ("lon,lat,diam_km\n1,2,-3\n", "radius_m must be a number in every row and be positive"),
        ("lon,lat,diam_km\n1,2,3000\n", "name the column after its unit"),
        ("lon,lat,diam_km\n1,2,3\n5,2,3\n1,2,3\n", "another row .row 1, 3.; keep one row"),
        ("lon,lat,diam_km\n", "is empty"),
        (f"lon,lat,diam_km\n{REGION}", "as radians do; name the columns lon_rad and lat_rad, or"),
    ],
)
def test_a_remedy_names_a_column_and_no_option(tmp_path: Path, text: str, said: str) -> None:
    """No command and no key of project.yaml states the columns of this table."""
    with pytest.raises(CatalogueError, match=said) as caught:
        _read(tmp_path, text)

    assert "--" not in str(caught.value)
    assert "project.yaml" not in str(caught.value)


def test_a_region_near_the_origin_is_read_where_its_columns_say_degrees(tmp_path: Path) -> None:
    """Small craters are counted in one region, which may lie where radians would."""
    found = _read(tmp_path, f"lon_deg,lat_deg,diam_km\n{REGION}")

    assert found.lon_deg.tolist() == [0, 1, 2, 3, 6]


def test_planetographic_latitudes_of_an_ellipsoid_are_refused_by_name(tmp_path: Path) -> None:
    """They are up to a third of a degree off on Mars."""
    text = "lon,planetographic_latitude,diam_km\n1,2,3\n"

    with pytest.raises(CatalogueError, match="lat_deg as its name"):
        _read(tmp_path, text, body_named("Mars"))
