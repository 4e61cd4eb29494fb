"""Every kind of EJSEG maps a crater, tried with networks that say the same everywhere."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import azimuthal_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_ml.ejseg.polar_data import write_polar_views
from ejmap_ml.ejseg.polar_view import EXTRA_CHANNELS
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import write_tile_store
from ejmap_project.errors import StepError
from ejmap_project.mapping.segmenter import ejseg_ensemble, map_ejecta
from tests.constant_models import constant_bundle
from tests.tiny_presets import EJCONN, POLAR

CRATER = Crater(crater_id=3, name="", center=LonLat(30, -45), radius_m=20_000.0)
GRID = AzimuthalGrid.reaching(
    MERCURY, center=CRATER.center, resolution_m=8_000.0, reach_m=22 * CRATER.radius_m
)
TILES = """
name: ejseg_tiles
architecture:
  kind: smp
  name: unet
  encoder: tu-test_resnet
  encoder_depth: 3
  decoder_channels: [16, 8, 8]
  injection: null
  tile: {side_px: 32, distance_mode: ratio}
loss: {kind: dice}
optimizer: {kind: adamw, learning_rate: 1.0e-3}
training: {batch_size: 4, max_steps: 2}
"""
# Probabilities that the two members give every pixel: one of them sees ejecta, one does not.
SAID = (0.8, 0.4)


def _tile_store(path: Path, places: list[tuple[int, int, int]]) -> TileStore:
    """Write a store of tiles, each at ``(row, col, side_px)`` of the grid."""
    count = len(places)
    table = pd.DataFrame(places, columns=["row", "col", "side_px"]).assign(
        crater_id=3, tile_id=range(count), distance_m=1e5, radius_m=CRATER.radius_m
    )
    arrays = {
        "image": np.full((count, 3, 32, 32), 90, np.uint8),
        "distance_m": np.full((count, 32, 32), 1e5, np.float32),
    }
    with write_tile_store(path, provenance={}) as writer:
        writer.write_group("mapping", table=table, arrays=arrays)
    return TileStore.open(path)


def test_tiles_are_mapped_where_they_are_connected(tmp_path: Path) -> None:
    """Mean probability and votes fill the two connected tiles, and 0 everything else."""
    store = _tile_store(tmp_path / "tiles.zarr", [(0, 0, 32), (16, 8, 20), (60, 60, 40)])
    is_connected = np.array([True, True, False])

    layers = map_ejecta(
        ejseg_ensemble([constant_bundle(TILES, one) for one in SAID]),
        CRATER,
        azimuthal=GRID,
        tiles=store,
        is_connected=is_connected,
    )

    inside = np.zeros(GRID.shape, np.bool_)
    inside[0:32, 0:32] = True
    inside[16:36, 8:28] = True
    np.testing.assert_allclose(layers.probability, 0.6 * inside, atol=5e-3)
    np.testing.assert_array_equal(layers.vote_fraction, 0.5 * inside)
    assert layers.member_count == 2


def test_a_crater_without_connected_tiles_has_no_ejecta(tmp_path: Path) -> None:
    """Nothing is asked of the network then."""
    store = _tile_store(tmp_path / "tiles.zarr", [(0, 0, 32)])
    is_connected = np.zeros(1, np.bool_)

    layers = map_ejecta(
        ejseg_ensemble([constant_bundle(TILES, 0.9)]),
        CRATER,
        azimuthal=GRID,
        tiles=store,
        is_connected=is_connected,
    )

    assert not layers.probability.any()
    assert not layers.vote_fraction.any()


def test_a_polar_view_is_mapped_around_the_crater(tmp_path: Path) -> None:
    """Between its first and last range every pixel has the mean of the members; the crater 0."""
    bundles = [constant_bundle(POLAR, one) for one in SAID]
    view = bundles[0].config.architecture.view
    views = np.ones((1, 2 * 3 + EXTRA_CHANNELS, view.rows, view.cols), np.float32)
    with write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer:
        write_polar_views(writer, views=views, craters=[CRATER])
    store = TileStore.open(tmp_path / "tiles.zarr")
    is_connected = np.zeros(0, np.bool_)

    layers = map_ejecta(
        ejseg_ensemble(bundles), CRATER, azimuthal=GRID, tiles=store, is_connected=is_connected
    )

    side = GRID.shape[0]
    whole = Window(row=0, col=0, height=side, width=side)
    radii = azimuthal_distance_m(GRID, whole) / CRATER.radius_m
    is_seen = (radii > 1.1 * view.inner_radii) & (radii < 0.9 * view.outer_radii)
    assert is_seen.sum() > 1000
    np.testing.assert_allclose(layers.probability[is_seen], 0.6, atol=1e-5)
    np.testing.assert_array_equal(layers.vote_fraction[is_seen], 0.5)
    assert not layers.probability[radii < 0.5 * view.inner_radii].any()


def test_a_tile_classifier_cannot_draw_ejecta(tmp_path: Path) -> None:
    """The message says what to promote instead."""
    store = _tile_store(tmp_path / "tiles.zarr", [(0, 0, 32)])
    is_connected = np.ones(1, np.bool_)
    ensemble = ejseg_ensemble([constant_bundle(EJCONN.replace("resnet10t", "test_resnet"), 0.5)])

    with pytest.raises(StepError, match="promote another version"):
        map_ejecta(ensemble, CRATER, azimuthal=GRID, tiles=store, is_connected=is_connected)
