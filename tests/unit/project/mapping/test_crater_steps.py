"""The steps of a crater in their order: each writes its file and reports what is in it."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import torch

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.maps.color import crater_color
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.probability_levels import VOTE_STEPS, probability_of
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.calibration.by_distance import DistanceCalibration
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ejseg.polar_predict import map_crater
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import write_tile_store
from ejmap_project.artefact import Artefact
from ejmap_project.errors import StepError
from ejmap_project.files.connection_table import read_connections, tile_windows, write_connections
from ejmap_project.files.layer_file import BAND_NAMES, layer_bands, read_layer, write_layers
from ejmap_project.mapping import tile_plan
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.cut_tiles import CutTiles
from ejmap_project.mapping.ejecta_layers import segment_ejecta
from ejmap_project.mapping.polar_prediction import predict_polar
from ejmap_project.mapping.promised_mask import place_promised_mask, read_expected_area
from ejmap_project.mapping.segmenter import ejseg_ensemble
from ejmap_project.mapping.tile_connections import connect_tiles
from ejmap_project.mapping.tile_plan import TilePlan, write_tiles
from ejmap_project.mapping.tile_store import cut_tile_store
from tests.constant_models import constant_bundle
from tests.ready_ensemble import PROMISES
from tests.tiny_planet import OWN_MASKS, write_project
from tests.tiny_presets import EJCONN, POLAR

TAGS = {"EJMAP_RECIPE": "1"}
# What the two members of an ensemble say everywhere: one of them sees ejecta.
SAID = (0.9, 0.3)


@pytest.fixture
def crater(work: CraterWork) -> Crater:
    """The second crater of the planet."""
    return work.craters["0002"]


@pytest.fixture
def by_ejconn(tmp_path: Path, planet: Planet) -> CraterWork:
    """A project whose settings ask for EJCONN's connections."""
    settings = OWN_MASKS.replace("tile_side_px: 32", "tile_side_px: 32, connections: ejconn")
    return CraterWork(write_project(tmp_path / "by_ejconn", planet, settings))


def _tiles(work: CraterWork, crater: Crater) -> Artefact:
    cut_azimuthal_mosaic(work, crater, tags=TAGS)
    return cut_tile_store(work, crater, recipe="r", inputs={"azimuthal_mosaic": "1"})


def _prediction(work: CraterWork, crater: Crater) -> Artefact:
    _tiles(work, crater)
    work.ejseg = ejseg_ensemble([constant_bundle(POLAR, one) for one in SAID])
    return predict_polar(work, crater, tags=TAGS)


def test_the_mosaic_has_the_crater_in_its_middle(work: CraterWork, crater: Crater, planet) -> None:
    """The pixel in the middle is that of the basemap at the crater's centre; the file is tagged."""
    found = cut_azimuthal_mosaic(work, crater, tags=TAGS)

    with rasterio.open(work.paths.azimuthal_mosaic(crater.key)) as file:
        mosaic, tags = file.read(), file.tags()
    at = planet.basemap.position(crater.center)
    expected = planet.raster[:, int(at.row), int(at.col)]
    middle = mosaic.shape[1] // 2
    around = mosaic[:, middle - 1 : middle + 1, middle - 1 : middle + 1]
    assert (around == expected[:, None, None]).all(axis=0).any()
    assert tags["EJMAP_RECIPE"] == "1"
    assert found.metadata["side_px"] == mosaic.shape[1]
    assert found.metadata["imaged_share"] == (mosaic > 0).any(axis=0).mean()


def test_the_tile_store_holds_tiles_and_the_polar_view(work: CraterWork, crater: Crater) -> None:
    """As the configured models take them; the content follows from the recipe alone."""
    found = _tiles(work, crater)

    store = TileStore.open(work.paths.tile_store(crater.key))
    group = store["mapping"]
    assert store["polar"].read("view").shape[2:] == (32, 64)
    assert (group.table["crater_id"] == 2).all()
    assert found.metadata["mapping_tiles"] == group.tile_count > 0
    assert found.metadata["published_tiles"] is False
    assert "picture" in found.metadata
    again = cut_tile_store(work, crater, recipe="r", inputs={})
    other = cut_tile_store(work, crater, recipe="s", inputs={})
    assert found.content == again.content != other.content


def test_crops_are_cut_only_where_ejconn_connects(
    work: CraterWork, by_ejconn: CraterWork, crater: Crater
) -> None:
    """Connections that follow from the polar prediction need the places of the tiles alone."""
    _tiles(work, crater)
    _tiles(by_ejconn, crater)

    places, seen = (CutTiles.of(one, crater) for one in (work, by_ejconn))

    assert seen.tile_shape("crop")[1:] == (32, 32)
    with pytest.raises(StepError, match="look at no tiles, not at crop"):
        places.tile_shape("crop")
    pd.testing.assert_frame_equal(places.table, seen.table)
    stored = TileStore.open(by_ejconn.paths.tile_store(crater.key))["mapping"]
    assert stored.array_names == ()


def test_tiles_are_cut_as_a_store_would_hold_them(tmp_path: Path, planet: Planet) -> None:
    """Batch by batch as from a store of the same tiles: networks round by the batch."""
    settings = OWN_MASKS.replace("tile_side_px: 32", "tile_side_px: 16, connections: ejconn")
    work = CraterWork(write_project(tmp_path / "cut", planet, settings))
    crater = work.craters["0002"]
    _tiles(work, crater)
    cut = CutTiles.of(work, crater)
    path = tmp_path / "stored.zarr"
    with write_tile_store(path, provenance={}) as writer:
        write_tiles(writer, "mapping", cut.tiled, plan=cut.plan)
    stored = TileStore.open(path)["mapping"]
    chosen = np.array([70, 3, 2, 64])

    for selected in (None, chosen):
        ours, theirs = (
            list(one.batches(["crop"], batch_size=48, selected=selected)) for one in (cut, stored)
        )
        assert len(ours) == len(theirs) > 1
        for (at, tiles), (other_at, other) in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(at, other_at)
            np.testing.assert_array_equal(tiles["crop"], other["crop"])


def test_what_a_network_does_not_read_is_not_cut(
    by_ejconn: CraterWork, crater: Crater, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EJCONN asks for crops of all tiles; images of them would take longer than it does."""
    _tiles(by_ejconn, crater)
    segments = TilePlan.of(ejseg=load_preset("ejseg_tiny"))
    cut = CutTiles.of(by_ejconn, crater)
    both = replace(cut, plan=replace(cut.plan, tile=segments.tile))
    monkeypatch.setattr(tile_plan, "_sampled", lambda *_: pytest.fail("cut an image"))

    crops = [tiles["crop"] for _, tiles in both.batches(["crop"], batch_size=48)]

    alone = [tiles["crop"] for _, tiles in cut.batches(["crop"], batch_size=48)]
    np.testing.assert_array_equal(np.concatenate(crops), np.concatenate(alone))


def test_the_prediction_holds_the_ensemble_and_each_member(
    work: CraterWork, crater: Crater
) -> None:
    """Mean and votes of cells with data, then the members as they said it."""
    found = _prediction(work, crater)

    with rasterio.open(work.paths.polar_prediction(crater.key)) as file:
        names, bands, tags = file.descriptions, file.read(), file.tags()
    seen = bands[0] > 0
    assert names == ("probability", "vote_fraction", "border", "member_00", "member_01")
    assert bands.shape[1:] == (32, 64)
    np.testing.assert_allclose(bands[0][seen], 0.6, atol=1e-5)
    np.testing.assert_array_equal(bands[1][seen], 0.5)
    np.testing.assert_array_equal(bands[2], 0.5)
    np.testing.assert_allclose(bands[3][seen], SAID[0], atol=1e-5)
    np.testing.assert_allclose(bands[4][seen], SAID[1], atol=1e-5)
    assert tags["EJMAP_RECIPE"] == "1"
    assert found.metadata["cells_with_ejecta"] == seen.sum() > 0
    assert found.metadata["members"] == 2
    assert "picture" in found.metadata


def _promising(promised_recall: float, tmp_path: Path, planet: Planet) -> CraterWork:
    mapping = f"tile_side_px: 32, promised_recall: {promised_recall}"
    settings = OWN_MASKS.replace("tile_side_px: 32", mapping)
    work = CraterWork(write_project(tmp_path / str(promised_recall), planet, settings))
    work.conformal = PROMISES
    return work


@pytest.mark.parametrize(("promised", "is_set"), [(0.9, True), (0.5, False)])
def test_the_wider_mask_is_what_lies_above_the_threshold_of_the_promise(
    promised: float, is_set: bool, tmp_path: Path, planet: Planet
) -> None:
    """All of the ensemble's .6 is above the .5 that keeps .9, none above the .8 that keeps .5."""
    work = _promising(promised, tmp_path, planet)
    crater = work.craters["0002"]
    _prediction(work, crater)

    found = place_promised_mask(work, crater, tags=TAGS)

    placed = read_mask_on(work.paths.promised_recall_mask(crater.key), work.basemap.grid)
    assert found.metadata["threshold"] == (0.5 if is_set else 0.8)
    assert (placed.area_px > 0) is is_set
    assert found.metadata["ejecta_px"] == placed.area_px
    assert "picture" in found.metadata


def test_the_expected_area_lies_in_the_tags_and_within_the_reach(
    tmp_path: Path, planet: Planet
) -> None:
    """The mean probability of .6 times the area of imaged cells, and what is promised around it."""
    work = _promising(0.9, tmp_path, planet)
    crater = replace(work.craters["0002"], reach_m=10 * work.craters["0002"].radius_m)
    _prediction(work, crater)

    place_promised_mask(work, crater, tags=TAGS)

    found = read_expected_area(work.paths.promised_recall_mask(crater.key))
    radius_rad = crater.radius_m / work.basemap.grid.body.radius_m
    zone = math.cos(0.9 * radius_rad) - math.cos(10 * radius_rad)
    zone_km2 = 2 * math.pi * (work.basemap.grid.body.radius_m / 1000) ** 2 * zone
    # The last row ends within a row of ten radii.
    assert found.expected_km2 == pytest.approx(0.6 * zone_km2, rel=0.12)
    # All cells are in the wide mask, none in the narrow one.
    rim_km2 = math.pi * (crater.radius_m / 1000) ** 2
    spread = math.log1p(found.expected_km2 / 0.6 / rim_km2)
    factor = math.exp(0.1 * (spread + 1.0))
    grown_km2 = found.expected_km2 + rim_km2
    assert found.low_km2 == pytest.approx(grown_km2 / factor - rim_km2, rel=1e-3)
    assert found.high_km2 == pytest.approx(grown_km2 * factor - rim_km2, rel=1e-3)


def test_an_ensemble_that_promises_nothing_makes_no_wider_mask(
    work: CraterWork, crater: Crater
) -> None:
    """The sentence says what to promote."""
    _prediction(work, crater)

    with pytest.raises(StepError, match="promises no recall; promote"):
        place_promised_mask(work, crater, tags=TAGS)


def test_a_tile_ejseg_makes_no_polar_prediction(tmp_path: Path, planet: Planet) -> None:
    """The sentence says what to promote."""
    settings = OWN_MASKS.replace("ejseg_test.yaml", "ejseg_tiny")
    work = CraterWork(write_project(tmp_path / "tiles", planet, settings))

    with pytest.raises(StepError, match="promote a polar EJSEG"):
        predict_polar(work, work.craters["0002"], tags=TAGS)


def test_tiles_with_ejecta_of_the_mask_are_connected(work: CraterWork, crater: Crater) -> None:
    """A tile has the largest probability of its pixels; one of two members votes."""
    _prediction(work, crater)

    found = connect_tiles(work, crater)

    table = read_connections(work.paths.connections(crater.key))
    connected = table[table["is_connected"]]
    np.testing.assert_allclose(connected["probability"], 0.6, atol=1e-5)
    assert (connected["vote_fraction"] == 0.5).all()
    assert found.metadata["connected_tiles"] == len(connected) > 0
    assert found.metadata["source"] == "polar prediction"
    farthest_m = connected["distance_m"].max()
    assert found.metadata["farthest_connected_radii"] == pytest.approx(farthest_m / crater.radius_m)


def test_connections_need_the_prediction(work: CraterWork, crater: Crater) -> None:
    """The sentence says what to materialise."""
    _tiles(work, crater)

    with pytest.raises(StepError, match="materialise polar_prediction first"):
        connect_tiles(work, crater)


def test_ejconn_connects_on_request(by_ejconn: CraterWork, crater: Crater) -> None:
    """One of two votes is a tie, which connects; the probability is the mean."""
    _tiles(by_ejconn, crater)
    bundles = [constant_bundle(EJCONN.replace("resnet10t", "test_resnet"), one) for one in SAID]
    by_ejconn.ejconn = Ensemble.of(bundles)

    found = connect_tiles(by_ejconn, crater)

    table = read_connections(by_ejconn.paths.connections(crater.key))
    np.testing.assert_allclose(table["probability"], 0.6, atol=5e-3)
    assert (table["vote_fraction"] == 0.5).all()
    assert table["is_connected"].all()
    assert found.metadata["source"] == "EJCONN"


def test_ejecta_are_set_where_the_mean_probability_is_above_one_half(
    work: CraterWork, crater: Crater
) -> None:
    """Three bands by name; the numbers are those of the bands."""
    _prediction(work, crater)

    found = segment_ejecta(work, crater, tags=TAGS)

    levels, votes, mask = _layers(work, crater)
    np.testing.assert_array_equal(mask == 1, probability_of(levels) > 0.5)
    assert set(np.unique(votes)) <= {0, VOTE_STEPS // 2}
    assert found.metadata["ejecta_px"] == mask.sum() > 0
    assert found.metadata["mean_probability_of_ejecta"] == pytest.approx(0.6, abs=1e-3)
    assert found.metadata["members"] == 2


def test_the_file_between_changes_no_bit_of_the_mask(work: CraterWork, crater: Crater) -> None:
    """Layers are those of members that are resampled from memory, here of random weights."""
    _tiles(work, crater)
    torch.manual_seed(0)
    config = constant_bundle(POLAR, 0.5).config
    architecture = config.architecture
    assert isinstance(architecture, PolarUnetConfig)
    ensemble = Ensemble.of([_random_bundle(config) for _ in range(3)])
    view = TileStore.open(work.paths.tile_store(crater.key))["polar"].read("view")[0]
    grid = work.azimuthal_grid(crater)
    expected = map_crater(
        ensemble.members,
        view.astype(np.float32),
        polar=polar_grid(crater, body=grid.body, config=architecture.view),
        azimuthal=grid,
    )

    work.ejseg = ensemble
    predict_polar(work, crater, tags=TAGS)
    segment_ejecta(work, crater, tags=TAGS)

    levels, votes, mask = _layers(work, crater)
    assert len(np.unique(expected.probability)) > 1000
    np.testing.assert_array_equal(mask == 1, expected.probability > 0.5)
    np.testing.assert_allclose(probability_of(levels), expected.probability, atol=0.008)
    np.testing.assert_array_equal(votes, np.rint(expected.vote_fraction * VOTE_STEPS))


def test_a_calibration_changes_probabilities_and_leaves_the_mask(
    work: CraterWork, crater: Crater
) -> None:
    """It says what a network's word is worth; where ejecta end, the network has learned."""
    torch.manual_seed(1)
    bundle = _random_bundle(constant_bundle(POLAR, 0.5).config)
    moved = DistanceCalibration(
        range_radii=(2, 30), knots=(), slopes=((0.5,), (0.8,)), offset=(-1.0, -3.0)
    )
    _tiles(work, crater)
    layers, connected = [], []
    for calibration in (None, moved):
        work.ejseg = Ensemble.of([replace(bundle, calibration=calibration)])
        predict_polar(work, crater, tags=TAGS)
        segment_ejecta(work, crater, tags=TAGS)
        connect_tiles(work, crater)
        layers.append(_layers(work, crater))
        table = read_connections(work.paths.connections(crater.key))
        connected.append(table["is_connected"].to_numpy())

    (plain, plain_votes, plain_mask), (said, votes, mask) = layers
    assert 0 < plain_mask.mean() < 1
    np.testing.assert_allclose((mask != plain_mask).mean(), 0, atol=2e-3)
    np.testing.assert_allclose((votes != plain_votes).mean(), 0, atol=2e-3)
    assert (connected[0] != connected[1]).sum() <= 1
    assert (said[mask > 0] < plain[mask > 0]).mean() > 0.99


def _layers(work: CraterWork, crater: Crater) -> list[np.ndarray]:
    """Return levels of probability and votes, and the mask."""
    return [read_layer(work.paths.segmentation(crater.key), name) for name in BAND_NAMES]


def _random_bundle(config: ModelConfig) -> ModelBundle:
    network = NormalizedNetwork(build_network(config), None)
    return ModelBundle(
        config=config,
        weights=network.state_dict(),
        normalization=None,
        provenance=Provenance(created_utc=""),
    )


def test_ejecta_outside_connected_tiles_are_left_out_where_settings_say_so(
    tmp_path: Path, planet: Planet
) -> None:
    """The connection filter keeps what lies in a connected tile and nothing else."""
    settings = OWN_MASKS.replace("tile_side_px: 32", "tile_side_px: 32, connection_filter: true")
    work = CraterWork(write_project(tmp_path / "filtered", planet, settings))
    crater = work.craters["0002"]
    _prediction(work, crater)
    connect_tiles(work, crater)
    path = work.paths.connections(crater.key)
    table = read_connections(path)
    chosen = int(np.flatnonzero(table["is_connected"])[0])
    write_connections(table.assign(is_connected=np.arange(len(table)) == chosen), path)

    segment_ejecta(work, crater, tags=TAGS)

    window = tile_windows(table)[chosen]
    levels, _, mask = _layers(work, crater)
    expected = np.zeros(mask.shape, np.bool_)
    expected[window.slices] = probability_of(levels)[window.slices] > 0.5
    assert expected.any()
    np.testing.assert_array_equal(mask == 1, expected)


def _write_disc(
    work: CraterWork,
    crater: Crater,
    *,
    radius_px: float,
    tags: dict[str, str] | None = None,
) -> float:
    """Write layers whose mask is a disc; return its area in km2."""
    grid = work.azimuthal_grid(crater)
    along = np.arange(grid.shape[0]) + 0.5 - grid.shape[0] / 2
    mask = np.hypot(along[:, None], along) < radius_px
    share = mask.astype(np.float32)
    path = work.paths.segmentation(crater.key)
    write_layers(path, layer_bands(EnsembleLayers(share, share, 1), mask), grid=grid, tags=tags)
    return math.pi * (radius_px * grid.resolution_m / 1000) ** 2


def test_a_disc_keeps_its_area_on_the_basemap(work: CraterWork, crater: Crater) -> None:
    """To a few percent of its edge; the share is that of the sphere."""
    area_km2 = _write_disc(work, crater, radius_px=12)

    found = place_mask(work, crater, tags=TAGS)

    assert found.metadata["area_km2"] == pytest.approx(area_km2, rel=0.05)
    planet_km2 = 4 * math.pi * (work.basemap.grid.body.radius_m / 1000) ** 2
    assert found.metadata["share_of_planet"] == pytest.approx(area_km2 / planet_km2, rel=0.05)
    placed = read_mask_on(work.paths.basemap_mask(crater.key), work.basemap.grid)
    assert placed.area_px == found.metadata["ejecta_px"]
    assert found.metadata["source"] == "mapped here"
    assert "picture" in found.metadata


def test_a_mask_is_transparent_around_the_colour_of_its_crater(
    work: CraterWork, crater: Crater
) -> None:
    """It names the model of the layers that it follows from, not the one promoted since."""
    _write_disc(work, crater, radius_px=12, tags={"EJMAP_MODEL": "former, digest 1"})

    place_mask(work, crater, tags=TAGS)

    path = work.paths.basemap_mask(crater.key)
    with rasterio.open(path) as file:
        assert file.nodata == 0
        assert file.colormap(1)[1][:3] == crater_color(crater.crater_id, crater.name)
        assert file.tags()["EJMAP_MODEL"] == "former, digest 1"
        assert "1: ejecta of this crater" in file.tags()["EJMAP_VALUES"]
    assert path.with_suffix(".qml").is_file()


def test_a_crater_without_ejecta_has_a_file_and_no_picture(
    work: CraterWork, crater: Crater
) -> None:
    """It reads as an empty mask."""
    _write_disc(work, crater, radius_px=0)

    found = place_mask(work, crater, tags=TAGS)

    assert found.metadata["ejecta_px"] == 0
    assert "picture" not in found.metadata
    placed = read_mask_on(work.paths.basemap_mask(crater.key), work.basemap.grid)
    assert placed.area_px == 0
