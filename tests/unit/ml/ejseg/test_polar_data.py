"""Polar samples come back from a store as they went in, weighted by the root of their area."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_data import (
    GROUP,
    PolarSamples,
    labelled_view,
    polar_target,
    write_polar_views,
)
from ejmap_ml.ejseg.polar_view import polar_view
from ejmap_ml.errors import SampleError, TileStoreError
from ejmap_ml.stores.tile_group import TileGroup, TileStore
from ejmap_ml.stores.tile_store import write_tile_store

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
DEGREE_M = MERCURY.half_circumference_m / 180
CONFIG = PolarViewConfig(
    rows=3, cols=4, inner_radii=2.0, outer_radii=8.0, offset_radii=1.0, azimuth_samples=2
)
CRATERS = [
    Crater(crater_id=number, name="", center=LonLat(-20.5, 15.5), radius_m=5 * DEGREE_M)
    for number in (7, 3)
]


def _views() -> np.ndarray:
    views = np.random.default_rng(0).normal(size=(2, 6, 3, 4)).astype(np.float32)
    views[:, -1] = 1
    views[1, -1, 2, 1:3] = 0
    return views


def _targets() -> np.ndarray:
    return np.random.default_rng(1).random((2, 3, 4), np.float32)


def _store(folder: Path, targets: np.ndarray | None) -> TileGroup:
    with write_tile_store(folder / "views.zarr", provenance={}) as writer:
        write_polar_views(writer, views=_views(), craters=CRATERS, targets=targets)
    return TileStore.open(folder / "views.zarr")[GROUP]


def test_views_and_targets_come_back_from_a_store(tmp_path) -> None:
    """To half precision and to a 255th, in the order that is asked for."""
    group = _store(tmp_path, _targets())
    samples = PolarSamples([group], config=CONFIG)

    batch = samples.batch([1, 0])

    assert len(samples) == 2
    assert samples.shards == (range(2),)
    assert group.table["crater_id"].tolist() == [7, 3]
    assert group.table["radius_m"].tolist() == [5 * DEGREE_M] * 2
    np.testing.assert_allclose(batch.inputs[0], _views()[::-1], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(batch.target[:, 0], _targets()[::-1], atol=0.5 / 255 + 1e-6)


def test_cells_weigh_the_root_of_their_area_and_nothing_without_data(tmp_path) -> None:
    """Rows end where range + 1 is 3, 3 x 3^(1/3), 3 x 3^(2/3) and 9 radii."""
    samples = PolarSamples([_store(tmp_path, _targets())], config=CONFIG)

    weight = samples.batch([0, 1]).weight

    edges = [3 * 3 ** (row / 3) - 1 for row in range(4)]
    roots = [(outer**2 - inner**2) ** 0.5 for inner, outer in pairwise(edges)]
    by_row = np.array([root / (sum(roots) / 3) for root in roots])
    expected = np.tile(by_row[:, None], (2, 1, 1, 4))
    expected[1, 0, 2, 1:3] = 0
    np.testing.assert_allclose(weight, expected, rtol=1e-6)


def test_targets_are_the_share_of_a_cell_that_is_ejecta() -> None:
    """Ejecta between north and north-east fill the first quarter of azimuth by half."""
    lat, lon = np.mgrid[89.5:-90:-1, -179.5:180]
    center = CRATERS[0].center
    origin = (np.full_like(lon, center.lon_deg), np.full_like(lat, center.lat_deg))
    azimuth, _, _ = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m).inv(*origin, lon, lat)
    truth = PlacedMask.from_full((azimuth > 0) & (azimuth < 45), BASEMAP)

    target = polar_target(truth, basemap=BASEMAP, crater=CRATERS[0], config=CONFIG)

    assert target.tolist() == [[0.5, 0, 0, 0]] * 3


def test_there_are_no_ejecta_beyond_the_antipode() -> None:
    """Half way round the planet is 36 radii of five degrees."""
    truth = PlacedMask.from_full(np.ones(BASEMAP.shape, np.bool_), BASEMAP)
    config = CONFIG.model_copy(update={"inner_radii": 1.0, "outer_radii": 71.0, "rows": 2})

    target = polar_target(truth, basemap=BASEMAP, crater=CRATERS[0], config=config)

    # The rows meet at 2 x 36^(1/2) - 1 = 11 radii; two samples of the second are on the planet.
    assert target.tolist() == [[1.0] * 4, [1.0] * 4]
    beyond = config.model_copy(update={"inner_radii": 37.0})
    assert not polar_target(truth, basemap=BASEMAP, crater=CRATERS[0], config=beyond).any()


def test_a_labelled_view_is_the_view_and_its_target() -> None:
    """Both are of the same crater and grid."""
    raster = np.random.default_rng(2).integers(1, 255, (1, *BASEMAP.shape), dtype=np.uint8)
    truth = PlacedMask.from_full(raster[0] > 128, BASEMAP)
    about = {"basemap": BASEMAP, "crater": CRATERS[0], "config": CONFIG}

    view, target = labelled_view(raster, truth, **about)

    np.testing.assert_array_equal(view, polar_view(raster, **about))
    np.testing.assert_array_equal(target, polar_target(truth, **about))


def test_views_of_another_size_are_refused(tmp_path) -> None:
    """A store made for another model is named as such before anything is trained."""
    group = _store(tmp_path, _targets())

    with pytest.raises(SampleError, match=r"6 rows and 4 columns, but the store holds \(3, 4\)"):
        PolarSamples([group], config=CONFIG.model_copy(update={"rows": 6}))


def test_views_without_targets_cannot_train(tmp_path) -> None:
    """Stores of unlabelled craters hold views alone."""
    group = _store(tmp_path, None)

    with pytest.raises(TileStoreError, match="no array 'target', only view"):
        PolarSamples([group], config=CONFIG)
