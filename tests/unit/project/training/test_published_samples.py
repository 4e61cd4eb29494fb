"""Published tiles become samples that both models take, without a mosaic."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ejmap_geo.grids.body import MERCURY
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.ejconn.data import ConnectionSamples
from ejmap_ml.ejseg.data import TileSamples
from ejmap_ml.stores.tile_group import TileGroup, TileStore
from ejmap_project.errors import SourceError
from ejmap_project.mapping.tile_plan import TilePlan
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.tiles import read_labelled_tiles
from ejmap_project.training.published_samples import write_published_samples
from tests.published_fixture import TILE_PX, PublishedFixture


def _labelled(published: PublishedFolder, made: PublishedFixture) -> pd.DataFrame:
    grids = {crater.crater_id: made.azimuthal(crater) for crater in made.planet.craters}
    return read_labelled_tiles(published, basemap=made.planet.basemap, grids=grids)


def _written(
    path: Path, published: PublishedFolder, made: PublishedFixture, plan: TilePlan
) -> list[TileGroup]:
    write_published_samples(
        path,
        published,
        craters=made.labelled,
        labelled=_labelled(published, made),
        plan=plan,
        body=MERCURY,
        inputs={"labelled_tiles": "1"},
    )
    store = TileStore.open(path)
    return [store[name] for name in store.group_names]


def _ejseg(side_px: int) -> ModelConfig:
    preset = load_preset("ejseg_v200").model_dump()
    preset["architecture"]["tile"]["side_px"] = side_px
    return ModelConfig.model_validate(preset)


def test_ejconn_learns_from_published_crops(
    published: PublishedFolder, made: PublishedFixture, tmp_path: Path
) -> None:
    """Four channels of the crop's size, and whether a person saw ejecta in the tile."""
    plan = TilePlan(crop_px=48, tile=None, polar=None)

    groups = _written(tmp_path / "own.zarr", published, made, plan)
    samples = ConnectionSamples(groups)
    batch = samples.batch(range(5))

    stated = pd.read_csv(published.required(layout.LABELLED_TILES))
    assert len(samples) == len(stated)
    assert batch.inputs[0].shape == (5, 4, 48, 48)
    np.testing.assert_array_equal(samples.is_connected, stated["num_1"] > 0)


def test_ejseg_learns_from_published_tiles(
    published: PublishedFolder, made: PublishedFixture, tmp_path: Path
) -> None:
    """Bands, log distance, metadata and mask of a tile are those of its files."""
    config = _ejseg(TILE_PX)
    plan = TilePlan(crop_px=None, tile=config.architecture, polar=None)

    groups = _written(tmp_path / "own.zarr", published, made, plan)
    samples = TileSamples(groups, config)
    batch = samples.batch([1])

    place = {"tile": 4, "crater": 0}
    image, distance_m, mask = (
        np.load(published.required(family, **place))
        for family in (layout.EJSEG_IMAGE, layout.EJSEG_DISTANCE, layout.EJSEG_MASK)
    )
    channels, metadata = batch.inputs
    np.testing.assert_array_equal(channels[0, :3], image)
    np.testing.assert_allclose(channels[0, 3], np.log10(distance_m), rtol=1e-6)
    torch.testing.assert_close(batch.target[0, 0], torch.from_numpy(mask).float())
    radius_m = made.planet.craters[0].radius_m
    assert metadata[0, 3] == pytest.approx(np.log10(radius_m))
    assert ((metadata[0, :3] > 0) & (metadata[0, :3] < 256)).all()


def test_tiles_whose_files_are_missing_are_left_out(
    mine: PublishedFolder, made: PublishedFixture, tmp_path: Path
) -> None:
    """A download may be incomplete, and some tiles are used in no split."""
    mine.required(layout.EJCONN_ATTENTION, tile=1, crater=0).unlink()
    path = mine.required(layout.LABELLED_TILES)
    table = pd.read_csv(path)
    table.loc[(table["crat_FID"] == 3) & (table["pos_index"] == 4), "split_class"] = -1
    table.to_csv(path, index=False)
    plan = TilePlan(crop_px=32, tile=None, polar=None)

    groups = _written(tmp_path / "own.zarr", mine, made, plan)

    tiles = [(row.crater_id, row.tile_id) for group in groups for row in group.table.itertuples()]
    assert len(tiles) == len(table) - 2
    assert (0, 1) not in tiles
    assert (3, 4) not in tiles


def test_polar_views_were_not_published(
    published: PublishedFolder, made: PublishedFixture, tmp_path: Path
) -> None:
    """They need the mosaic."""
    plan = TilePlan(crop_px=32, tile=None, polar=load_preset("ejseg_polar").architecture)

    with pytest.raises(SourceError, match="give the mosaic"):
        _written(tmp_path / "own.zarr", published, made, plan)
    assert not (tmp_path / "own.zarr").exists()
