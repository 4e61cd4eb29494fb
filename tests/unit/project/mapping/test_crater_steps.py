"""The steps of a crater in their order: each writes its file and reports what is in it."""

import math
from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.rasters.raster import read_mask_on, read_raster, write_cog
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.stores.tile_group import TileStore
from ejmap_project.artefact import Artefact
from ejmap_project.files.connection_table import read_connections, tile_windows, write_connections
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic
from ejmap_project.mapping.basemap_mask import place_mask
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.ejecta_layers import BAND_NAMES, segment_ejecta
from ejmap_project.mapping.segmenter import ejseg_ensemble
from ejmap_project.mapping.tile_connections import connect_tiles
from ejmap_project.mapping.tile_store import cut_tile_store
from tests.constant_models import constant_bundle
from tests.tiny_planet import OWN_MASKS, write_project
from tests.tiny_presets import EJCONN, POLAR

TAGS = {"EJMAP_RECIPE": "1"}
# What the two members of an ensemble say everywhere: one of them sees ejecta.
SAID = (0.9, 0.3)


@pytest.fixture
def crater(work: CraterWork) -> Crater:
    """The second crater of the planet."""
    return work.craters["0002"]


def _tiles(work: CraterWork, crater: Crater) -> Artefact:
    cut_azimuthal_mosaic(work, crater, tags=TAGS)
    return cut_tile_store(work, crater, recipe="r", inputs={"azimuthal_mosaic": "1"})


def _connections(work: CraterWork, crater: Crater) -> Artefact:
    _tiles(work, crater)
    bundles = [constant_bundle(EJCONN.replace("resnet10t", "test_resnet"), one) for one in SAID]
    work.ejconn = Ensemble.of(bundles)
    return connect_tiles(work, crater)


def _layers(work: CraterWork, crater: Crater) -> Artefact:
    work.ejseg = ejseg_ensemble([constant_bundle(POLAR, one) for one in SAID])
    return segment_ejecta(work, crater, tags=TAGS)


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
    assert group.read("crop").shape[2:] == (32, 32)
    assert (group.table["crater_id"] == 2).all()
    assert found.metadata["mapping_tiles"] == group.tile_count
    assert found.metadata["published_tiles"] is False
    assert "picture" in found.metadata
    again = cut_tile_store(work, crater, recipe="r", inputs={})
    other = cut_tile_store(work, crater, recipe="s", inputs={})
    assert found.content == again.content != other.content


def test_tiles_are_connected_by_the_votes_of_the_members(work: CraterWork, crater: Crater) -> None:
    """One of two votes is a tie, which connects; the probability is the mean."""
    found = _connections(work, crater)

    table = read_connections(work.paths.connections(crater.key))
    np.testing.assert_allclose(table["probability"], 0.6, atol=5e-3)
    assert (table["vote_fraction"] == 0.5).all()
    assert table["is_connected"].all()
    assert found.metadata["source"] == "predicted"
    farthest_m = table["distance_m"].max()
    assert found.metadata["farthest_connected_radii"] == pytest.approx(farthest_m / crater.radius_m)


def test_ejecta_are_set_where_the_mean_probability_is_above_one_half(
    work: CraterWork, crater: Crater
) -> None:
    """Three bands by name; the numbers are those of the bands."""
    _connections(work, crater)

    found = _layers(work, crater)

    with read_raster(work.paths.segmentation(crater.key)) as layers:
        assert tuple(layers.attrs["long_name"]) == BAND_NAMES
        probability, votes, mask = layers.to_numpy()
    np.testing.assert_array_equal(mask == 1, probability > 0.5)
    assert set(np.unique(votes)) <= {0.0, 0.5}
    assert found.metadata["ejecta_px"] == mask.sum() > 0
    assert found.metadata["mean_probability_of_ejecta"] == pytest.approx(0.6, abs=1e-3)
    assert found.metadata["members"] == 2


def test_ejecta_outside_connected_tiles_are_left_out_where_settings_say_so(
    tmp_path: Path, planet
) -> None:
    """The connection filter keeps what lies in a connected tile and nothing else."""
    settings = OWN_MASKS.replace("tile_side_px: 32", "tile_side_px: 32, connection_filter: true")
    work = CraterWork(write_project(tmp_path / "filtered", planet, settings))
    crater = work.craters["0002"]
    _connections(work, crater)
    path = work.paths.connections(crater.key)
    table = read_connections(path)
    write_connections(table.assign(is_connected=np.arange(len(table)) == 0), path)

    _layers(work, crater)

    window = tile_windows(table)[0]
    with read_raster(work.paths.segmentation(crater.key)) as layers:
        probability, _, mask = layers.to_numpy()
    expected = np.zeros(mask.shape, np.bool_)
    expected[window.slices] = probability[window.slices] > 0.5
    np.testing.assert_array_equal(mask == 1, expected)


def _write_disc(work: CraterWork, crater: Crater, *, radius_px: float) -> float:
    """Write layers whose mask is a disc; return its area in km2."""
    grid = work.azimuthal_grid(crater)
    along = np.arange(grid.shape[0]) + 0.5 - grid.shape[0] / 2
    mask = np.hypot(along[:, None], along) < radius_px
    bands = np.stack([mask, mask, mask]).astype(np.float32)
    path = work.paths.segmentation(crater.key)
    write_cog(path, bands, grid=grid, band_names=BAND_NAMES)
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
