"""Profiles of shapes with closed forms: discs, annuli, bands that step with distance."""

import math

import numpy as np
import pandas as pd
import pytest
from pandera.errors import SchemaError

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_project.analysis.crater_profile import profile_table, read_profile
from ejmap_project.basemap import Basemap

GRID = BasemapGrid(body=MERCURY, width_px=1440)
WHOLE = Window(row=0, col=0, height=GRID.shape[0], width=GRID.shape[1])
RADIUS_M = 200_000.0


def _crater(center: LonLat) -> Crater:
    return Crater(crater_id=7, name="Seven", center=center, radius_m=RADIUS_M, reach_m=6 * RADIUS_M)


def _distance_radii(center: LonLat) -> np.ndarray:
    return basemap_distance_m(GRID, WHOLE, origin=center) / RADIUS_M


@pytest.fixture(
    params=[LonLat(31.4, 27.1), LonLat(179.9, -5.2), LonLat(12.3, 89.9)],
    ids=["mid-latitude", "antimeridian", "pole"],
)
def center(request: pytest.FixtureRequest) -> LonLat:
    """Give each of the hard places of a cylindrical map in turn."""
    return request.param


def test_a_disc_fills_the_rings_within_it(center: LonLat) -> None:
    """Ejecta within three radii: fraction 1 there, 0 beyond, whatever the projection does."""
    distance = _distance_radii(center)
    basemap = Basemap(np.full((1, *GRID.shape), 9, np.uint8), GRID)

    table = profile_table(basemap, _crater(center), PlacedMask.from_full(distance < 3, GRID))

    assert table["outer_radii"].tolist() == [0.5 * ring for ring in range(1, 13)]
    within = table["outer_radii"] <= 3
    assert (table.loc[within, "ejecta_fraction"] == 1).all()
    assert (table.loc[~within, "ejecta_fraction"] == 0).all()


def test_rings_have_the_area_of_zones_of_a_sphere(center: LonLat) -> None:
    """2 pi R^2 (cos d1 - cos d2), to a hundredth, where all of the planet was imaged."""
    basemap = Basemap(np.full((1, *GRID.shape), 9, np.uint8), GRID)
    nothing = PlacedMask.from_full(np.zeros(GRID.shape, np.bool_), GRID)

    table = profile_table(basemap, _crater(center), nothing)

    edges = np.append(table["inner_radii"], table["outer_radii"].iloc[-1]) * RADIUS_M
    zones_m2 = -2 * math.pi * MERCURY.radius_m**2 * np.diff(np.cos(edges / MERCURY.radius_m))
    np.testing.assert_allclose(table["imaged_km2"].iloc[2:], zones_m2[2:] / 1e6, rtol=0.01)
    assert table["ejecta_km2"].sum() == 0


def test_bands_are_those_of_the_ring_on_ejecta_and_beside_them() -> None:
    """The eastern half is ejecta, 50 levels brighter; every ring has a level of its own."""
    center = LonLat(0.0, 0.0)
    distance = _distance_radii(center)
    east = np.zeros(GRID.shape, np.bool_)
    east[:, GRID.width_px // 2 :] = True
    level = 10 * (1 + np.minimum(distance // 0.5, 15))
    raster = np.stack([level + 50 * east, level]).astype(np.uint8)

    table = profile_table(Basemap(raster, GRID), _crater(center), PlacedMask.from_full(east, GRID))

    wanted = 10 * (1 + np.arange(12))
    np.testing.assert_allclose(table["band_1_ejecta"], wanted + 50)
    np.testing.assert_allclose(table["band_1_beside"], wanted)
    np.testing.assert_allclose(table["band_2_mean"], wanted)
    np.testing.assert_allclose(table["band_1_mean"], wanted + 25)


def test_ground_that_was_not_imaged_does_not_count() -> None:
    """A ring without any image has no fraction and no brightness, and is not lost."""
    center = LonLat(0.0, 0.0)
    raster = np.where(_distance_radii(center) < 2, 9, 0).astype(np.uint8)[None]
    everywhere = PlacedMask.from_full(np.ones(GRID.shape, np.bool_), GRID)

    table = profile_table(Basemap(raster, GRID), _crater(center), everywhere)

    far = table[table["inner_radii"] >= 2]
    assert len(far) == 8
    assert (far["imaged_km2"] == 0).all()
    assert (
        far[["ejecta_fraction", "band_1_mean", "band_1_ejecta", "band_1_beside"]].isna().all(None)
    )


def test_a_profile_that_was_changed_by_hand_is_refused(tmp_path) -> None:
    """A fraction of ejecta above 1 is told at the first reading."""
    path = tmp_path / "profile.parquet"
    row = {"crater_id": 1, "inner_radii": 0.0, "outer_radii": 0.5}
    areas = {"imaged_km2": 1.0, "ejecta_km2": 2.0, "ejecta_fraction": 2.0}
    pd.DataFrame([row | areas]).to_parquet(path)

    with pytest.raises(SchemaError, match="ejecta_fraction"):
        read_profile(path)
