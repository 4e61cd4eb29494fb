"""The packaged set is whole: drawings, craters and mosaics fit together."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.grids.coords import LonLat
from ejmap_project.errors import SourceError
from ejmap_project.reference.drawing_table import COLUMNS
from ejmap_project.reference.reference_crater import PARTS, reference_craters
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import reference_set, set_version
from ejmap_project.sources.quicklook import read_quicklook


def test_the_parts_share_no_crater_and_make_up_the_set() -> None:
    """A crater that decides neither trains nor is reported."""
    parts = [{one.crater for one in reference_set(part=part)} for part in PARTS]

    assert all(first.isdisjoint(second) for first in parts for second in parts if first != second)
    assert set.union(*parts) == {one.crater for one in reference_set()}


def test_every_crater_has_something_to_be_scored_by() -> None:
    """Clear boxes, and rays or a blanket; whoever drew it."""
    drawings = [drawing for one in reference_set() for drawing in one.drawings]

    assert len(drawings) >= 30
    assert all(one.clear for one in drawings)
    assert all(one.rays or one.blanket for one in drawings)


def test_every_crater_of_the_table_is_drawn() -> None:
    """One that nobody drew would look as if it could be scored by."""
    drawn = {(one.crater.body.name, one.crater.name) for one in reference_set()}

    assert set(reference_craters()) == drawn


def test_craters_can_be_chosen_by_body() -> None:
    """Those of the Moon alone."""
    assert {one.crater.body for one in reference_set(bodies=["Moon"])} == {MOON}


def test_mercury_is_the_mosaic_of_the_quick_look() -> None:
    """Pixel by pixel, though the optional package is not needed."""
    expected, grid = read_quicklook()

    found, basemap = reference_mosaic(MERCURY)

    np.testing.assert_array_equal(found, expected)
    assert basemap == grid


@pytest.mark.parametrize(
    ("bright", "dark"),
    [
        # Tycho's and Copernicus' ejecta, Mare Crisium and Oceanus Procellarum.
        pytest.param((-11.36, -43.31), (59, 17), id="Tycho-and-Mare-Crisium"),
        pytest.param((-20.08, 9.62), (-57, 18), id="Copernicus-and-Oceanus-Procellarum"),
    ],
)
def test_the_moon_lies_where_it_should(
    bright: tuple[float, float], dark: tuple[float, float]
) -> None:
    """Fresh craters are bright and maria dark: neither mirrored nor turned."""
    raster, basemap = reference_mosaic(MOON)

    def level(lon_deg: float, lat_deg: float) -> float:
        row, col = (int(one) for one in basemap.position(LonLat(lon_deg, lat_deg)))
        return float(raster[0, row - 8 : row + 9, col - 8 : col + 9].mean())

    assert level(*bright) > level(*dark) + 50


def test_a_body_without_a_mosaic_is_named() -> None:
    """With those that there are."""
    with pytest.raises(SourceError, match=r"no mosaic of Ceres .* only of Mercury, Moon"):
        reference_mosaic(Body(name="Ceres", radius_m=473_000))


def test_own_drawings_need_craters_that_are_known(tmp_path: Path) -> None:
    """A crater of one's own comes with a table that says where it lies."""
    drawings, craters = tmp_path / "drawings.csv", tmp_path / "craters.csv"
    drawings.write_text(",".join(COLUMNS) + "\nMoon,Mine,me,ray,10,5,12,9,.3,3\n", encoding="utf-8")
    with pytest.raises(SourceError, match="the crater Mine of Moon is drawn, but nobody says"):
        reference_set(drawings=drawings)
    craters.write_text("body,name,lat_deg,lon_deg,diameter_km\nMoon,Mine,1,2,30\n")

    (one,) = reference_set(drawings=drawings, craters=craters)

    assert one.crater.center == LonLat(2, 1)


def test_scores_of_other_craters_have_another_version() -> None:
    """So that two ensembles are compared on the same craters only."""
    versions = [set_version(reference_set(part=part)) for part in PARTS]

    assert all(first != second for first, second in pairwise(sorted(versions)))
    assert set_version(reference_set(part="decide")) == versions[1]
