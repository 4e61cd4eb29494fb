"""Damage of a tile store, wherever it is: refused in one sentence, never read as other tiles."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from ejmap_ml.errors import TileStoreError
from ejmap_ml.stores.tile_group import TileStore
from tests.unit.ml.stores.test_zarr_versions import _arrays, _table, write_small_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of several arrays and a table."""
    write_small_store(tmp_path / "tiles.zarr")
    return tmp_path / "tiles.zarr"


def _read(path: Path) -> None:
    """Read all of a store, and compare it with what was written."""
    group = TileStore.open(path)["mapping"]
    assert group.table.equals(_table())
    for name, expected in _arrays().items():
        np.testing.assert_array_equal(group.read(name), expected)
        single = np.empty((1, *expected.shape[1:]), expected.dtype)
        group.reader(name).read_into(single, [3], [0])
        np.testing.assert_array_equal(single[0], expected[3])


def _data(store: Path) -> list[Path]:
    found = [one for one in store.rglob("*") if one.is_file() and one.name != "zarr.json"]
    return sorted(found)


def test_a_flipped_bit_is_refused_or_changes_nothing(store: Path) -> None:
    """Of each file one bit of every 50th byte, wherever it falls."""
    refused = 0
    for path in _data(store):
        sound = path.read_bytes()
        for place in range(0, len(sound), 50):
            content = bytearray(sound)
            content[place] ^= 1 << place % 8
            path.write_bytes(content)
            try:
                _read(store)
            except TileStoreError:
                refused += 1
        path.write_bytes(sound)

    assert refused > 0


def test_a_deleted_shard_is_no_ground_without_signal(store: Path) -> None:
    """Zarr reads zeros in its place."""
    for path in _data(store):
        sound = path.read_bytes()
        path.unlink()
        with pytest.raises(TileStoreError, match=r"lacks 1 of its \d+ files, such as mapping/"):
            TileStore.open(store)
        path.write_bytes(sound)


def test_a_description_that_is_cut_or_altered_is_refused(store: Path) -> None:
    """No exception of Zarr's or JSON's, whatever it says."""
    for path in sorted(store.rglob("zarr.json")):
        sound = path.read_text()
        altered = [sound[:20], "[]", "null", "[" * 100_000, sound.replace('"', "'"), "{}", "\x00"]
        altered += [json.dumps({**json.loads(sound), "attributes": 7})]
        altered += [json.dumps({**json.loads(sound), "codecs": [], "node_type": "thing"})]
        wrong: list[dict[str, object]] = []
        if path.parent == store:
            wrong = [{"attributes": json.loads(sound)["attributes"] | {"files": 7}}]
        elif json.loads(sound)["node_type"] == "array":
            wrong = [{"shape": [[1, 2]]}, {"shape": 7}, {"data_type": "(2,"}, {"data_type": {}}]
        altered += [json.dumps(json.loads(sound) | one) for one in wrong]
        for text in altered:
            path.write_text(text)
            with pytest.raises(TileStoreError):
                _read(store)
        path.write_text(sound)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "name", ["zarr.json", "mapping/image/zarr.json", "mapping/image/c/0/0/0/0"]
)
def test_a_pipe_or_a_link_in_the_place_of_a_file_is_refused(store: Path, name: str) -> None:
    """Reading a pipe never ends; a link leads out of the store."""
    (store / name).unlink()
    os.mkfifo(store / name)
    with pytest.raises(TileStoreError, match="is no regular file"):
        TileStore.open(store)

    (store / name).unlink()
    (store / name).symlink_to("/etc/hostname")
    with pytest.raises(TileStoreError, match="is no regular file"):
        TileStore.open(store)


@pytest.mark.parametrize("shape", [[2**41, 2, 4, 5], [70, 2, 2**20, 2**20]])
def test_a_declared_size_beyond_the_files_is_refused(store: Path, shape: list[int]) -> None:
    """Terabytes are not asked for."""
    path = store / "mapping" / "image" / "zarr.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "shape": shape}))

    with pytest.raises(TileStoreError, match=r"declares .* GB and its shards hold 0\.0"):
        TileStore.open(store)
