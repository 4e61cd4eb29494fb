"""What a member trains, validates and tests on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.config.polar_config import PolarUnetConfig, PolarViewConfig
from ejmap_ml.ejseg.polar_data import write_polar_views
from ejmap_ml.errors import SampleError
from ejmap_ml.samples import SampleSet
from ejmap_ml.stores.tile_store import write_tile_store
from ejmap_project.training.member_samples import (
    CraterFold,
    Labels,
    MemberSamples,
    member_samples,
)

TILES = 12
VIEW = PolarViewConfig(rows=16, cols=32)


def _labels(*, test: list[int], is_known_everywhere: bool = True) -> Labels:
    """Two planets with the same craters and tiles; every third tile is empty."""
    rows = pd.DataFrame(
        [(planet, 5, tile) for planet in ("a", "b") for tile in range(TILES)],
        columns=["planet", "crater_id", "tile_id"],
    )
    tiles = rows.assign(split_class=[0, 5, 5] * 8, any_ejecta_px=rows["tile_id"] * 10)
    return Labels(
        tiles=tiles, split=rows.assign(test=test * 2), is_known_everywhere=is_known_everywhere
    )


def _connection_stores(folder: Path) -> list[Path]:
    """Crops whose every value is the number of the planet times 100 plus the tile."""
    paths = []
    for number, planet in enumerate("ab"):
        path = folder / f"{planet}.zarr"
        tile = np.arange(TILES)
        crops = np.broadcast_to(
            (100 * number + tile).astype(np.uint8)[:, None, None, None], (TILES, 4, 8, 8)
        )
        table = pd.DataFrame({"crater_id": 5, "tile_id": tile, "ejecta_px": [0, 4, 9] * 4})
        with write_tile_store(path, provenance={}) as writer:
            writer.write_group("labelled_0005", table=table, arrays={"crop": crops})
        paths.append(path)
    return paths


@pytest.fixture
def ejconn() -> ModelConfig:
    """A tile classifier that validates on a quarter."""
    config = load_preset("ejconn_tiny")
    training = config.training.model_copy(update={"validation_fraction": 0.25})
    return config.model_copy(update={"training": training})


def _numbers(samples: SampleSet | None) -> list[int]:
    if samples is None:
        return []
    image = samples.batch(range(len(samples))).inputs[0]
    return image[:, 0, 0, 0].int().tolist()


def _parts(config: ModelConfig, folder: Path, labels: Labels, *, seed: int = 0) -> MemberSamples:
    return member_samples(config, _connection_stores(folder), labels=labels, seed=seed)


def test_test_tiles_are_in_no_other_part(ejconn: ModelConfig, tmp_path: Path) -> None:
    """The three parts are disjoint, and together they are all tiles that the split uses."""
    split = [0, 0, 1, 1, 0, 0, 0, 0, 1, -1, 0, 0]

    parts = _parts(ejconn, tmp_path, _labels(test=split))

    tests = [2, 3, 8, 102, 103, 108]
    assert _numbers(parts.test) == tests
    trained = _numbers(parts.train) + _numbers(parts.validation)
    used = {100 * planet + tile for planet in (0, 1) for tile in range(TILES) if split[tile] >= 0}
    assert sorted(trained + tests) == sorted(used)


def test_the_same_seed_draws_the_same_members(ejconn: ModelConfig, tmp_path: Path) -> None:
    """And another seed another draw."""
    labels = _labels(test=[0] * TILES)

    first, again, other = (
        _numbers(_parts(ejconn, tmp_path / str(number), labels, seed=seed).validation)
        for number, seed in enumerate((3, 3, 4))
    )

    assert first == again != other


def test_both_classes_validate_in_their_share(ejconn: ModelConfig, tmp_path: Path) -> None:
    """A quarter of the 8 empty tiles and of the 16 others."""
    parts = _parts(ejconn, tmp_path, _labels(test=[0] * TILES))

    validated = np.array(_numbers(parts.validation)) % 100
    assert np.sum(validated % 3 == 0) == 2
    assert np.sum(validated % 3 > 0) == 4


def test_all_members_of_a_split_share_the_samples_that_normalize(
    ejconn: ModelConfig, tmp_path: Path
) -> None:
    """Whatever validates: those of a split that do not test."""
    labels = _labels(test=[0] * 9 + [1, 1, -1])

    one, other = (_parts(ejconn, tmp_path / str(seed), labels, seed=seed) for seed in (0, 1))

    assert _numbers(one.train) != _numbers(other.train)
    assert _numbers(one.usable) == _numbers(other.usable)
    assert _numbers(one.usable) == sorted(_numbers(one.train) + _numbers(one.validation))


def test_a_rare_class_validates_where_each_class_does(ejconn: ModelConfig, tmp_path: Path) -> None:
    """A tenth of two tiles is none, but at least one of each class validates as published."""
    labels = _labels(test=[0] * TILES)
    labels.tiles["split_class"] = [9, *[5] * 11] * 2
    training = ejconn.training.model_copy(update={"validation_fraction": 0.1})
    config = ejconn.model_copy(update={"training": training})
    stores = _connection_stores(tmp_path)

    found = {
        draw: member_samples(config, stores, labels=labels, seed=0, draw=draw).validation
        for draw in ("overall", "each-class")
    }

    rare = {draw: [one for one in _numbers(part) if one % 100 == 0] for draw, part in found.items()}
    assert (len(rare["overall"]), len(rare["each-class"])) == (0, 1)


def test_the_table_follows_the_training_samples(ejconn: ModelConfig, tmp_path: Path) -> None:
    """Sampling weights are made from it."""
    parts = _parts(ejconn, tmp_path, _labels(test=[0] * TILES))

    assert (parts.table["tile_id"].to_numpy() == np.array(_numbers(parts.train)) % 100).all()
    assert (parts.table["any_ejecta_px"] == 10 * parts.table["tile_id"]).all()


def test_a_split_that_leaves_nothing_is_refused(ejconn: ModelConfig, tmp_path: Path) -> None:
    """In one sentence, before any network is built."""
    with pytest.raises(SampleError, match="has no tile to train on"):
        _parts(ejconn, tmp_path, _labels(test=[1] * TILES))


def _polar(folder: Path, labels: Labels) -> MemberSamples:
    """One view a planet, whose column c lies in tile c, and the last quarter in none."""
    crater = _crater(5)
    shape = (1, 2 * 3 + 4, VIEW.rows, VIEW.cols)
    ids = np.broadcast_to(np.arange(VIEW.cols, dtype=np.int32), (1, VIEW.rows, VIEW.cols))
    ids = np.where(ids < TILES, ids, -1).astype(np.int32)
    for planet in "ab":
        with write_tile_store(folder / f"{planet}.zarr", provenance={}) as writer:
            write_polar_views(
                writer,
                views=np.ones(shape, np.float32),
                craters=[crater],
                targets=np.zeros((1, VIEW.rows, VIEW.cols), np.float32),
                tile_ids=ids,
            )
    stores = sorted(folder.glob("*.zarr"))
    return member_samples(_polar_config(), stores, labels=labels, seed=0)


def _crater(crater_id: int) -> Crater:
    radius_m = MERCURY.radius_m / 100
    return Crater(crater_id=crater_id, name="a", center=LonLat(0, 0), radius_m=radius_m)


def _polar_config() -> ModelConfig:
    """A small network that looks at views of 16 x 32 cells."""
    return load_preset("ejseg_polar").model_copy(
        update={"architecture": PolarUnetConfig(base_channels=4, depth=1, view=VIEW)}
    )


def _counted(samples: SampleSet) -> list[bool]:
    weight = samples.batch([0]).weight
    assert weight is not None
    return torch.any(weight[0, 0] > 0, dim=0).tolist()


@pytest.mark.parametrize("is_known_everywhere", [True, False])
def test_cells_of_test_tiles_count_in_the_test_alone(
    tmp_path: Path, *, is_known_everywhere: bool
) -> None:
    """What lies in no tile counts where ejecta are known everywhere, and nowhere else."""
    split = [0] * 9 + [1, 1, -1]

    parts = _polar(tmp_path, _labels(test=split, is_known_everywhere=is_known_everywhere))

    outside = VIEW.cols - TILES
    assert _counted(parts.train) == [True] * 9 + [False] * 3 + [is_known_everywhere] * outside
    assert parts.test is not None
    assert _counted(parts.test) == [False] * 9 + [True, True, False] + [False] * outside


def test_all_cells_count_when_nothing_is_held_back(tmp_path: Path) -> None:
    """The demo's planets are known everywhere, and their test is another planet."""
    parts = _polar(tmp_path, _labels(test=[0] * TILES))

    assert all(_counted(parts.train))
    assert parts.test is None


@pytest.mark.parametrize("is_known_everywhere", [True, False])
def test_every_crater_is_held_back_from_one_member(
    tmp_path: Path, *, is_known_everywhere: bool
) -> None:
    """It trains the others, and of a crater that was held back the test tiles count too."""
    ids = [3, 5, 8, 13, 21]
    # The first channel is the crater's id, the last one says that all cells have data.
    view = np.ones((len(ids), 2 * 3 + 4, VIEW.rows, VIEW.cols), np.float32)
    view[:, 0] = np.array(ids)[:, None, None]
    rows = pd.DataFrame(
        [("a", one, tile) for one in ids for tile in (0, 1)],
        columns=["planet", "crater_id", "tile_id"],
    )
    tile_ids = np.broadcast_to(
        np.repeat([0, 1, -1], [8, 8, 16]).astype(np.int32), (len(ids), VIEW.rows, VIEW.cols)
    )
    with write_tile_store(tmp_path / "a.zarr", provenance={}) as writer:
        write_polar_views(
            writer,
            views=view,
            craters=[_crater(one) for one in ids],
            targets=np.zeros_like(view[:, 0]),
            tile_ids=tile_ids,
        )
    labels = Labels(
        tiles=rows.assign(split_class=0, any_ejecta_px=0),
        split=rows.assign(test=[0, 1] * len(ids)),
        is_known_everywhere=is_known_everywhere,
    )

    parts = [
        member_samples(
            _polar_config(),
            [tmp_path / "a.zarr"],
            labels=labels,
            seed=number,
            fold=CraterFold(number, 3),
        )
        for number in range(3)
    ]

    held = [[] if one.held_out is None else one.held_out.places for one in parts]
    assert sorted(place for places in held for place in places) == [("a", one) for one in ids]
    assert [len(places) for places in held] == [2, 2, 1]
    for one, places in zip(parts, held, strict=True):
        assert one.held_out is not None
        batch = one.held_out.samples.batch(range(len(places)))
        assert [("a", int(value)) for value in batch.inputs[0][:, 0, 0, 0]] == places
        assert sorted([*_numbers(one.train), *(crater for _, crater in places)]) == ids
        assert batch.weight is not None
        expected = [True] * 16 + [is_known_everywhere] * 16
        assert (batch.weight[0, 0] > 0).all(dim=0).tolist() == expected
