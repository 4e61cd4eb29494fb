"""Tile stores keep what was put in, appear whole or not at all, and are read by shards."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import zarr
from zarr.codecs import BloscCodec

from ejmap_ml.errors import TileStoreError
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_sequence import TileSequence
from ejmap_ml.stores.tile_store import SHARD_TILES, TileLayout, write_tile_store

TILE_COUNT = 2 * SHARD_TILES + 5


def _tiles(count: int, *, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "image": rng.integers(0, 256, (count, 3, 4, 5), dtype=np.uint8),
        "distance_m": rng.random((count, 4, 5), dtype=np.float32),
        "mask": rng.random((count, 4, 5)) > 0.5,
    }


def _table(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tile_id": np.arange(count),
            "distance_m": np.linspace(0, 1, count),
            "is_connected": np.arange(count) % 2 == 0,
        }
    )


def _write(path: Path, count: int = TILE_COUNT, *, seed: int = 0) -> dict[str, np.ndarray]:
    tiles = _tiles(count, seed=seed)
    with write_tile_store(path, provenance={"crater_id": 7}) as writer:
        writer.write_group("mapping", table=_table(count), arrays=tiles)
    return tiles


def _write_and_fail(path: Path) -> None:
    with write_tile_store(path, provenance={}) as writer:
        writer.write_group("mapping", table=_table(3), arrays=_tiles(3, seed=1))
        raise KeyboardInterrupt


def test_a_store_returns_what_was_written(tmp_path: Path) -> None:
    """Arrays, table and provenance survive the round trip bit by bit."""
    tiles = _write(tmp_path / "tiles.zarr")

    store = TileStore.open(tmp_path / "tiles.zarr")

    group = store["mapping"]
    assert store.provenance == {"crater_id": 7}
    assert group.array_names == ("distance_m", "image", "mask")
    for name, expected in tiles.items():
        np.testing.assert_array_equal(group.read(name), expected)
        assert group.read(name).dtype == expected.dtype
    pd.testing.assert_frame_equal(group.table, _table(TILE_COUNT), check_index_type=False)


def test_tiles_are_sharded_by_sixty_four(tmp_path: Path) -> None:
    """133 tiles make three files an array, not 133."""
    _write(tmp_path / "tiles.zarr")

    files = [p for p in (tmp_path / "tiles.zarr/mapping/image/c").rglob("*") if p.is_file()]

    assert len(files) == 3


def test_a_store_has_fewer_than_a_twentieth_of_the_files_of_its_tiles(tmp_path: Path) -> None:
    """Ten shards, a table and their descriptions, instead of 640 files."""
    count = 10 * SHARD_TILES
    image = _tiles(count)["image"]
    table = pd.DataFrame({"tile_id": np.arange(count)})
    with write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer:
        writer.write_group("labelled", table=table, arrays={"image": image})

    files = [path for path in (tmp_path / "tiles.zarr").rglob("*") if path.is_file()]

    assert len(files) < count / 20


def test_a_store_of_before_is_read(tmp_path: Path) -> None:
    """Zstd inside blosc, coded by Zarr's own pipeline: how stores were written until LZ4."""
    image = _tiles(TILE_COUNT)["image"]
    attributes = {"format": "ejmap-tiles-1", "provenance": {"crater_id": 7}}
    root = zarr.create_group(tmp_path / "tiles.zarr", zarr_format=3, attributes=attributes)
    group = root.create_group("mapping", attributes={"tile_count": TILE_COUNT, "columns": ["row"]})
    group.create_group("table").create_array("row", data=np.arange(TILE_COUNT))
    group.create_array(
        "image",
        data=image,
        chunks=(1, *image.shape[1:]),
        shards=(SHARD_TILES, *image.shape[1:]),
        compressors=BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"),
        fill_value=0,
    )

    stored = TileStore.open(tmp_path / "tiles.zarr")["mapping"]

    np.testing.assert_array_equal(stored.read("image"), image)
    np.testing.assert_array_equal(stored.table["row"], np.arange(TILE_COUNT))


def test_zarr_alone_reads_a_store(tmp_path: Path) -> None:
    """What is written is plain Zarr v3: its own pipeline, without us and without zarrs."""
    tiles = _write(tmp_path / "tiles.zarr")

    group = zarr.open_group(tmp_path / "tiles.zarr", path="mapping", mode="r")

    for name, expected in tiles.items():
        np.testing.assert_array_equal(group[name][:], expected)


def test_other_users_of_zarr_keep_their_pipeline(tmp_path: Path) -> None:
    """Only arrays of stores are coded by zarrs; the configuration is as before."""
    before = zarr.config.get("codec_pipeline.path")
    _write(tmp_path / "tiles.zarr")
    group = TileStore.open(tmp_path / "tiles.zarr")["mapping"]

    ours = group._array("image").async_array.codec_pipeline

    assert type(ours).__name__ == "ZarrsCodecPipeline"
    assert zarr.config.get("codec_pipeline.path") == before
    plain = zarr.create_array(tmp_path / "other.zarr", data=np.arange(3))
    assert type(plain.async_array.codec_pipeline).__name__ != "ZarrsCodecPipeline"


def test_tiles_may_be_appended_in_portions_of_any_size(tmp_path: Path) -> None:
    """Portions that do not divide the shard give the same store."""
    tiles = _tiles(TILE_COUNT)
    layouts = {name: TileLayout.of(values) for name, values in tiles.items()}
    with write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer:
        group = writer.create_group("mapping", table=_table(TILE_COUNT), layouts=layouts)
        for start in range(0, TILE_COUNT, 50):
            group.append({name: v[start : start + 50] for name, v in tiles.items()})

    stored = TileStore.open(tmp_path / "tiles.zarr")["mapping"]

    np.testing.assert_array_equal(stored.read("image"), tiles["image"])


def test_an_empty_group_is_legitimate(tmp_path: Path) -> None:
    """A crater without any tile has a store with none."""
    _write(tmp_path / "tiles.zarr", 0)

    group = TileStore.open(tmp_path / "tiles.zarr")["mapping"]

    assert group.tile_count == 0
    assert list(group.batches(["image"], batch_size=4)) == []


def test_a_group_may_hold_places_alone(tmp_path: Path) -> None:
    """Tiles that no model looks at have a table and no arrays."""
    with write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer:
        writer.write_group("mapping", table=_table(5), arrays={})

    group = TileStore.open(tmp_path / "tiles.zarr")["mapping"]

    assert (group.tile_count, group.array_names) == (5, ())
    pd.testing.assert_frame_equal(group.table, _table(5))


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    """An error between two portions leaves neither a store nor a scratch folder."""
    with pytest.raises(KeyboardInterrupt):
        _write_and_fail(tmp_path / "tiles.zarr")

    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_rewrite_keeps_the_older_store(tmp_path: Path) -> None:
    """The store that is being replaced stays until the new one is whole."""
    tiles = _write(tmp_path / "tiles.zarr", 3)

    with pytest.raises(KeyboardInterrupt):
        _write_and_fail(tmp_path / "tiles.zarr")

    kept = TileStore.open(tmp_path / "tiles.zarr")["mapping"].read("image")

    np.testing.assert_array_equal(kept, tiles["image"])


def test_a_store_can_be_replaced(tmp_path: Path) -> None:
    """Writing to an existing path leaves the new tiles and no scratch folder."""
    _write(tmp_path / "tiles.zarr", 3)
    tiles = _write(tmp_path / "tiles.zarr", 2, seed=1)

    kept = TileStore.open(tmp_path / "tiles.zarr")["mapping"].read("image")

    np.testing.assert_array_equal(kept, tiles["image"])
    assert [p.name for p in tmp_path.iterdir()] == ["tiles.zarr"]


@pytest.mark.parametrize("appended", [2, 4, SHARD_TILES + 3])
def test_too_few_or_too_many_tiles_are_refused(tmp_path: Path, appended: int) -> None:
    """The table says how many tiles there are."""
    tiles = _tiles(appended)
    layouts = {name: TileLayout.of(values) for name, values in tiles.items()}

    with (
        pytest.raises(TileStoreError, match=f"3 rows but {appended} tiles"),
        write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer,
    ):
        writer.create_group("mapping", table=_table(3), layouts=layouts).append(tiles)

    assert list(tmp_path.iterdir()) == []


def test_text_in_the_table_is_refused(tmp_path: Path) -> None:
    """Tile tables hold numbers; names belong to the catalogue."""
    table = _table(3).assign(name=["a", "b", "c"])

    with (
        pytest.raises(TileStoreError, match="column 'name'"),
        write_tile_store(tmp_path / "tiles.zarr", provenance={}) as writer,
    ):
        writer.write_group("mapping", table=table, arrays=_tiles(3))


def test_missing_stores_groups_and_arrays_are_named(tmp_path: Path) -> None:
    """Each message says what is missing and what there is."""
    _write(tmp_path / "tiles.zarr", 3)
    store = TileStore.open(tmp_path / "tiles.zarr")

    with pytest.raises(TileStoreError, match="no tile store at"):
        TileStore.open(tmp_path / "other.zarr")
    with pytest.raises(TileStoreError, match="no group 'labelled', only mapping"):
        store["labelled"]
    with pytest.raises(TileStoreError, match="no array 'crop', only distance_m, image, mask"):
        store["mapping"].read("crop")


def test_batches_cover_the_selected_tiles_once(tmp_path: Path) -> None:
    """Selected positions come once, in rising order, with their own tiles."""
    tiles = _write(tmp_path / "tiles.zarr")
    group = TileStore.open(tmp_path / "tiles.zarr")["mapping"]
    selected = np.array([130, 2, 65, 64, 3, 1])

    batches = list(group.batches(["image"], batch_size=2, selected=selected))

    positions = np.concatenate([positions for positions, _ in batches])
    np.testing.assert_array_equal(positions, np.sort(selected))
    for positions, block in batches:
        np.testing.assert_array_equal(block["image"], tiles["image"][positions])


def test_several_stores_read_as_one_sequence(tmp_path: Path) -> None:
    """Positions run through the stores in order."""
    first = _write(tmp_path / "a.zarr", 70)
    second = _write(tmp_path / "b.zarr", 10, seed=1)
    groups = [TileStore.open(tmp_path / f"{name}.zarr")["mapping"] for name in "ab"]
    sequence = TileSequence(groups, names=["image"])

    taken = sequence.take([75, 0, 69, 70])["image"]

    both = np.concatenate([first["image"], second["image"]])
    np.testing.assert_array_equal(taken, both[[75, 0, 69, 70]])
    assert sequence.shards == (range(64), range(64, 70), range(70, 80))
    assert len(sequence) == len(sequence.table) == 80
