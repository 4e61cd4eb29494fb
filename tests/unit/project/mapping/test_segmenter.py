"""A tile EJSEG maps the connected tiles, tried with networks that say the same everywhere."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ejmap_ml.errors import SampleError
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import write_tile_store
from ejmap_project.mapping.segmenter import ejseg_ensemble, map_tiles
from tests.constant_models import constant_bundle
from tests.tiny_presets import EJCONN

SIDE_PX = 110
RADIUS_M = 20_000.0
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
        crater_id=3, tile_id=range(count), distance_m=1e5, radius_m=RADIUS_M
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
    ensemble = ejseg_ensemble([constant_bundle(TILES, one) for one in SAID])

    layers = map_tiles(ensemble, store["mapping"], is_connected=is_connected, side_px=SIDE_PX)

    inside = np.zeros((SIDE_PX, SIDE_PX), np.bool_)
    inside[0:32, 0:32] = True
    inside[16:36, 8:28] = True
    np.testing.assert_allclose(layers.probability, 0.6 * inside, atol=5e-3)
    np.testing.assert_array_equal(layers.vote_fraction, 0.5 * inside)
    assert layers.member_count == 2


class _Ramp(torch.nn.Module):
    """A network that says the rows of its tiles rise from one probability to another."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self._low, self._high = low, high

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        rows = torch.linspace(self._low, self._high, image.shape[2])
        return rows.logit()[None, None, :, None].expand(image.shape[0], 1, -1, image.shape[3])


def test_members_vote_after_their_tiles_are_merged(tmp_path: Path) -> None:
    """Against a plain loop: a member's mask is where the mean of its own tiles is above one half.

    In overlaps, the mean of votes in tiles would give another share.
    """
    places = [(0, 0, 32), (8, 0, 32), (20, 0, 32)]
    store = _tile_store(tmp_path / "tiles.zarr", places)
    ramps = [(0.1, 0.9), (0.8, 0.4), (0.45, 0.52)]
    ensemble = ejseg_ensemble([constant_bundle(TILES, 0.5)] * len(ramps))
    ensemble.members = tuple(_Ramp(*ramp) for ramp in ramps)

    layers = map_tiles(ensemble, store["mapping"], is_connected=np.ones(3, np.bool_), side_px=52)

    votes, probability = np.zeros(52), np.zeros(52)
    for low, high in ramps:
        tile, said = np.linspace(low, high, 32), np.zeros((3, 52))
        for number, (row, _, side) in enumerate(places):
            said[number, row : row + side] = tile
        covered = sum((np.arange(52) >= row) & (np.arange(52) < row + 32) for row, _, _ in places)
        mean = said.sum(axis=0) / covered
        votes += (mean > 0.5) / len(ramps)
        probability += mean / len(ramps)
    np.testing.assert_allclose(
        layers.vote_fraction[:, :32], votes[:, None] * np.ones(32), rtol=1e-5
    )
    np.testing.assert_allclose(
        layers.probability[:, :32], probability[:, None] * np.ones(32), rtol=1e-5
    )


def test_a_crater_without_connected_tiles_has_no_ejecta(tmp_path: Path) -> None:
    """Nothing is asked of the network then."""
    store = _tile_store(tmp_path / "tiles.zarr", [(0, 0, 32)])
    ensemble = ejseg_ensemble([constant_bundle(TILES, 0.9)])

    layers = map_tiles(
        ensemble, store["mapping"], is_connected=np.zeros(1, np.bool_), side_px=SIDE_PX
    )

    assert not layers.probability.any()
    assert not layers.vote_fraction.any()


def test_a_tile_classifier_cannot_draw_ejecta(tmp_path: Path) -> None:
    """It looks at no tiles of this kind."""
    store = _tile_store(tmp_path / "tiles.zarr", [(0, 0, 32)])
    ensemble = ejseg_ensemble([constant_bundle(EJCONN.replace("resnet10t", "test_resnet"), 0.5)])

    with pytest.raises(SampleError, match="does not look at tiles"):
        map_tiles(ensemble, store["mapping"], is_connected=np.ones(1, np.bool_), side_px=SIDE_PX)
