"""Ensembles and predictions on tile stores equal what the networks say one by one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.ensemble import Ensemble, is_connected
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.bundles.predict import predict_connections, predict_tiles
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.ejconn.data import ConnectionSamples
from ejmap_ml.ejseg.data import TileSamples, annulus_columns, distance_channel
from ejmap_ml.errors import ConfigError, SampleError
from ejmap_ml.stores.tile_group import TileGroup, TileStore
from ejmap_ml.stores.tile_store import write_tile_store

TILE_COUNT = 70
SIDE_PX = 32


@pytest.fixture
def group(tmp_path: Path) -> TileGroup:
    """Return labelled tiles with everything that both models look at."""
    rng = np.random.default_rng(0)
    shape = (TILE_COUNT, SIDE_PX, SIDE_PX)
    table = pd.DataFrame(
        {
            "tile_id": np.arange(TILE_COUNT),
            "ejecta_px": rng.integers(0, 3, TILE_COUNT),
            "radius_m": np.full(TILE_COUNT, 10_000.0),
        }
        | {name: rng.uniform(0, 255, TILE_COUNT) for name in annulus_columns(3)}
    )
    arrays = {
        "image": rng.integers(0, 256, (TILE_COUNT, 3, SIDE_PX, SIDE_PX), dtype=np.uint8),
        "crop": rng.integers(0, 3, (TILE_COUNT, 4, 32, 32), dtype=np.uint8),
        "distance_m": rng.uniform(0, 1e6, shape).astype(np.float32),
        "mask": rng.random(shape) > 0.5,
    }
    with write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer:
        writer.write_group("labelled", table=table, arrays=arrays)
    return TileStore.open(tmp_path / "tiles.zarr")["labelled"]


def _members(config: ModelConfig, count: int) -> list[NormalizedNetwork]:
    normalization = Normalization.fixed(bands=config.bands, extra_scale=2)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return [
            NormalizedNetwork(build_network(config), normalization).eval() for _ in range(count)
        ]


def test_connections_are_the_mean_and_the_votes_of_the_members(classifier_config, group) -> None:
    """Against a plain loop over members, in batches that do not divide the tiles."""
    members = _members(classifier_config(), 3)

    layers = predict_connections(Ensemble(classifier_config(), members), group, batch_size=48)

    with torch.inference_mode():
        crops = torch.from_numpy(group.read("crop")).float()
        each = torch.stack([member(crops).sigmoid()[:, 0] for member in members]).numpy()
    np.testing.assert_allclose(layers.probability, each.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(layers.vote_fraction, (each > 0.5).mean(axis=0), atol=1e-6)


def test_tiles_are_predicted_where_they_are_selected(segmenter_config, group) -> None:
    """Channels and metadata put together by hand for one tile."""
    config = segmenter_config()
    members = _members(config, 1)
    selected = np.array([69, 4])

    found = list(predict_tiles(Ensemble(config, members), group, selected=selected))

    assert [positions.tolist() for positions, _ in found] == [[4], [69]]
    distance = np.log10(np.maximum(group.read("distance_m")[4], 100.0))
    image = np.concatenate([group.read("image")[4], distance[None]]).astype(np.float32)
    annulus = group.table.loc[4, annulus_columns(3)].to_numpy(dtype=np.float32)
    metadata = np.append(annulus, np.float32(4.0))
    with torch.inference_mode():
        expected = members[0](torch.from_numpy(image)[None], torch.from_numpy(metadata)[None])
    layers = found[0][1]
    np.testing.assert_allclose(layers.probability[0], expected.sigmoid()[0, 0], atol=1e-5)
    assert layers.probability.shape == (1, SIDE_PX, SIDE_PX)


def test_bfloat16_moves_probabilities_a_little(segmenter_config, group) -> None:
    """Faster on CPUs; masks hardly change."""
    config = segmenter_config()
    members = _members(config, 1)

    plain, rough = (
        next(iter(predict_tiles(Ensemble(config, members, precision=precision), group)))[1]
        for precision in ("float32", "bfloat16")
    )

    assert 0 < np.abs(plain.probability - rough.probability).max() < 0.05


@pytest.mark.parametrize(
    ("votes", "expected"), [([0.0, 0.1, 0.2], False), ([0.3], True), ([0.4, 1.0], True)]
)
def test_a_tile_connects_from_the_threshold_on(votes: list[float], expected: bool) -> None:
    """Three of ten votes reach a threshold of 0.3, although float32(0.3) is not 0.3."""
    fraction = np.array(votes, np.float32)

    connected = is_connected(EnsembleLayers(fraction, fraction, 10), threshold=0.3)

    assert connected.tolist() == [expected] * len(votes)


def test_half_of_the_votes_connect() -> None:
    """The tie rule of connections: at least the threshold."""
    half = np.array([0.5], np.float32)

    assert is_connected(EnsembleLayers(half, half, 2), threshold=0.5).all()


def test_an_ensemble_needs_members_of_one_architecture(classifier_config, segmenter_config) -> None:
    """Neither none nor a mixture."""

    def bundle(config: ModelConfig) -> ModelBundle:
        network = NormalizedNetwork(build_network(config), None)
        return ModelBundle(
            config=config, weights=network.state_dict(), normalization=None,
            provenance=Provenance(created_utc=""),
        )  # fmt: skip

    with pytest.raises(ConfigError, match="at least one member"):
        Ensemble.of([])
    with pytest.raises(ConfigError, match="one architecture"):
        Ensemble.of([bundle(classifier_config()), bundle(segmenter_config())])
    assert Ensemble.of([bundle(classifier_config())] * 2).member_count == 2


def test_tiles_of_other_bands_are_refused(classifier_config, segmenter_config, group) -> None:
    """A grey model on a mosaic of three bands, before anything is computed."""
    grey = classifier_config().reading("grey")

    with pytest.raises(SampleError, match="trained on crops of"):
        predict_connections(Ensemble(grey, _members(grey, 1)), group)
    grey = segmenter_config(bands=1)
    with pytest.raises(SampleError, match="takes 1 bands, the tiles have 3"):
        list(predict_tiles(Ensemble(grey, _members(grey, 1)), group))


def test_a_model_is_not_shown_what_it_does_not_look_at(
    classifier_config, segmenter_config, group
) -> None:
    """EJCONN looks at crops, EJSEG at tiles."""
    classifier = Ensemble(classifier_config(), _members(classifier_config(), 1))
    segmenter = Ensemble(segmenter_config(), _members(segmenter_config(), 1))

    with pytest.raises(SampleError, match="does not look at tiles"):
        list(predict_tiles(classifier, group))
    with pytest.raises(SampleError, match="does not look at crops"):
        predict_connections(segmenter, group)


def test_a_tile_with_ejecta_is_connected(group) -> None:
    """Targets of EJCONN come from the labelled tiles."""
    samples = ConnectionSamples([group, group])

    batch = samples.batch([0, 75])

    ejecta_px = group.table["ejecta_px"].to_numpy()
    assert batch.target.tolist() == [[float(ejecta_px[0] > 0)], [float(ejecta_px[5] > 0)]]
    np.testing.assert_array_equal(batch.inputs[0][1], group.read("crop")[5])
    assert len(samples) == 2 * TILE_COUNT


@pytest.mark.parametrize("mode", ["absolute", "ratio", "rank"])
def test_segmentation_samples_carry_mask_and_metadata(segmenter_config, group, mode: str) -> None:
    """The radius is part of the metadata only when distances are absolute."""
    samples = TileSamples([group], segmenter_config(mode=mode))

    batch = samples.batch([3, 1])

    image, metadata = batch.inputs
    assert image.shape == (2, 4, SIDE_PX, SIDE_PX)
    assert metadata.shape == (2, 4 if mode == "absolute" else 3)
    np.testing.assert_array_equal(batch.target[:, 0], group.read("mask")[[3, 1]])


def test_distances_are_metres_radii_or_ranks() -> None:
    """A tile of four pixels by hand; the crater's very centre stays finite."""
    distance_m = np.array([[[0.0, 1000.0], [1000.0, 100_000.0]]])
    radius_m = np.array([10_000.0])

    absolute, ratio, rank = (
        distance_channel(distance_m, radius_m=radius_m, mode=mode).ravel()
        for mode in ("absolute", "ratio", "rank")
    )

    np.testing.assert_allclose(absolute, [2, 3, 3, 5])
    np.testing.assert_allclose(ratio, [-2, -1, -1, 1])
    np.testing.assert_allclose(rank, [0, 0.5, 0.5, 1])


def test_distances_without_logarithm_are_the_lengths_themselves() -> None:
    """Metres and radii; a rank has no logarithm to leave out."""
    distance_m = np.array([[[0.0, 1000.0], [1000.0, 100_000.0]]])
    radius_m = np.array([10_000.0])

    absolute, ratio, rank = (
        distance_channel(distance_m, radius_m=radius_m, mode=mode, is_logarithmic=False).ravel()
        for mode in ("absolute", "ratio", "rank")
    )

    np.testing.assert_allclose(absolute, [0, 1000, 1000, 100_000])
    np.testing.assert_allclose(ratio, [0, 0.1, 0.1, 10])
    np.testing.assert_allclose(rank, [0, 0.5, 0.5, 1])


def test_the_radius_is_told_as_the_distances_are(segmenter_config, group) -> None:
    """In metres where distances are in metres, as logarithm where they are logarithms."""
    values = segmenter_config().model_dump()
    values["architecture"]["tile"]["log_distance"] = False
    plain = TileSamples([group], type(segmenter_config()).model_validate(values))

    channels, metadata = plain.batch([4]).inputs
    logarithm = TileSamples([group], segmenter_config()).batch([4]).inputs[1]

    np.testing.assert_array_equal(channels[0, 3], group.read("distance_m")[4])
    assert metadata[0, 3] == group.table.loc[4, "radius_m"] == 10 ** logarithm[0, 3]
