"""Published craters become a catalogue."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.craters.catalogue import craters_of
from ejmap_geo.craters.schemas import CraterTable
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import MERCURY
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.craters import read_craters
from ejmap_project.published.layout import PublishedFolder
from tests.published_fixture import RADIUS_M, TILE_PX, PublishedFixture


def test_craters_keep_number_name_place_and_rim(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """Zero is a number like any other, and a crater without a name has an empty one."""
    catalogue = read_craters(published, body=MERCURY)

    CraterTable.validate(catalogue)
    assert catalogue["crater_id"].tolist() == [0, 3, 12, 210]
    assert catalogue["name"].tolist() == ["Hokusai", "Han Kan", "Debussy", ""]
    assert catalogue["labelled"].tolist() == [True, True, True, False]
    assert catalogue["reach_m"].isna().all()
    for found, crater in zip(craters_of(catalogue), made.planet.craters, strict=True):
        assert found.center == pytest.approx(crater.center, abs=1e-12)
        assert found.radius_m == pytest.approx(crater.radius_m)


def test_rims_are_polygons_of_the_right_size(published: PublishedFolder) -> None:
    """Geodesic area of the polygon against that of a spherical cap; 72 corners lose 0.13 %."""
    catalogue = read_craters(published, body=MERCURY)
    geod = Geod(a=RADIUS_M, b=RADIUS_M)

    for rim, radius_m in zip(catalogue.geometry, catalogue["radius_m"], strict=True):
        cap_m2 = 2 * np.pi * RADIUS_M**2 * (1 - np.cos(radius_m / RADIUS_M))
        assert abs(geod.geometry_area_perimeter(rim)[0]) == pytest.approx(cap_m2, rel=3e-3)


def test_craters_reach_as_far_as_their_mapping_tiles(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """To the outer edge of the outermost tile, counted in whole pixels from the centre."""
    basemap = made.planet.basemap

    catalogue = read_craters(published, body=MERCURY, basemap=basemap)

    for crater_id, reach_m in zip(catalogue["crater_id"], catalogue["reach_m"], strict=True):
        tiles = made.mapping[crater_id]
        edges = [tiles["x"], tiles["y"], tiles["x"] + TILE_PX, tiles["y"] + TILE_PX]
        farthest_px = max(int((edge - made.half_px).abs().max()) for edge in edges)
        assert reach_m == pytest.approx(farthest_px * basemap.resolution_m, rel=1e-12)


def test_craters_without_mapping_tiles_reach_a_quarter_of_the_way_to_the_antipode(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """As far as the published ones did by default."""
    layout.MAPPING_SQUARES.path(mine.folder, crater=3).unlink()

    catalogue = read_craters(mine, body=MERCURY, basemap=made.planet.basemap)

    reach_m = catalogue.loc[catalogue["crater_id"] == 3, "reach_m"].item()
    assert reach_m == pytest.approx(0.25 * np.pi * RADIUS_M)


def test_a_missing_column_is_named(mine: PublishedFolder) -> None:
    """By its published name."""
    path = mine.required(layout.CRATERS)
    gpd.read_file(path).drop(columns="radius").to_file(path)

    with pytest.raises(SourceError, match="has no column radius; found crat_FID"):
        read_craters(mine, body=MERCURY)


def test_doubled_craters_are_refused(mine: PublishedFolder) -> None:
    """The checks of any crater table hold."""
    path = mine.required(layout.CRATERS)
    gpd.read_file(path).assign(crat_FID=7).to_file(path)

    with pytest.raises(CatalogueError, match="crater_id must be unique"):
        read_craters(mine, body=MERCURY)
