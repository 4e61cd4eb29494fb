"""Tile stores: writing, random batches as in training, reading in order; against a file a tile.

Tiles are smooth fields of grey, which shrink to four fifths as those of a mosaic do, and noise,
which does not shrink at all. Both ways read from files that the system holds in memory. Training
reads by two threads of one process; what one thread gives is told too.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from geo.measure import Cost, Row, arguments, copy_gb_per_s, in_turns, print_table
from numpy.typing import NDArray
from scipy.ndimage import zoom

from ejmap_ml.sampling.batches import ShardBatches
from ejmap_ml.stores import tile_sequence as sequence
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import write_tile_store

TILES = 1536
BATCH = 32
SHAPE = (3, 256, 256)
Work = Callable[[], None]
# Tiles a second, asked of training; more than files give is asked too.
WANTED = 10_000


def main() -> None:
    """Print the table, the tiles a second and the files."""
    chosen = arguments(__doc__ or "")
    rows: list[Row] = []
    notes: list[str] = []
    # Compressed in the page cache, read, and copied into batches.
    floor_s = 2 * TILES * np.prod(SHAPE) / 1e9 / copy_gb_per_s(threads=1)
    for kind, tiles in (("smooth", _smooth()), ("noise", _noise())):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            store, files = folder / "tiles.zarr", folder / "files"
            files.mkdir()
            costs = [
                ("written", in_turns(*_writing(store, files, tiles), chosen)),
                ("random batches", in_turns(*_training(store, files), chosen)),
                ("in order", in_turns(*_in_order(store, files), chosen)),
            ]
            sequence.READERS, readers = 1, sequence.READERS
            alone = in_turns(*_training(store, files), chosen)[0]
            sequence.READERS = readers
            notes.append(f"{kind}, random batches, one thread: {_rate(alone)}")
            sizes = [sum(path.stat().st_size for path in _files(way)) for way in (store, files)]
            counts = [len(_files(way)) for way in (store, files)]
        for title, (ours, plain) in costs:
            wanted = 1 if title == "random batches" else 0
            name = f"{TILES} tiles of {kind}, {title}"
            rows.append(Row(name=name, ours=ours, plain=plain, wanted=wanted, floor_s=floor_s))
            notes.append(f"{kind}, {title}: {_rate(ours)}, .npy files {_rate(plain)}")
        notes.append(
            f"{kind}: {counts[0]} files, .npy {counts[1]}, 1/{counts[1] / counts[0]:.0f}; "
            f"{sizes[0] / sizes[1]:.2f} of their size"
        )
    print_table(rows)
    print("\n".join([*notes, f"asked are {WANTED} tiles/s in random batches"]))


def _rate(cost: Cost) -> str:
    return f"{TILES / cost.seconds:.0f} tiles/s"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _noise() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (TILES, *SHAPE), dtype=np.uint8)


def _smooth() -> NDArray[np.uint8]:
    coarse = np.random.default_rng(1).normal(110, 20, (TILES, SHAPE[0], 32, 32))
    tiles = np.empty((TILES, *SHAPE), np.float32)
    zoom(coarse, (1, 1, 8, 8), output=tiles, order=1)
    return np.clip(tiles, 0, 255).astype(np.uint8)


def _writing(store: Path, files: Path, tiles: NDArray[np.uint8]) -> tuple[Work, Work]:
    table = pd.DataFrame({"tile_id": np.arange(len(tiles))})

    def write_store() -> None:
        with write_tile_store(store, provenance={}) as writer:
            writer.write_group("tiles", table=table, arrays={"image": tiles})

    def write_files() -> None:
        for number, tile in enumerate(tiles):
            np.save(files / f"{number}.npy", tile)

    return write_store, write_files


def _training(store: Path, files: Path) -> tuple[Work, Work]:
    """Return an epoch of ours, not the first, and of a file a tile."""
    tiles = sequence.TileSequence([TileStore.open(store)["tiles"]], names=["image"])
    batches = list(ShardBatches(tiles.shards, batch_size=BATCH, seed=0))

    def train() -> None:
        for batch in batches:
            tiles.take(batch)

    def train_from_files() -> None:
        for batch in batches:
            np.stack([np.load(files / f"{number}.npy") for number in batch])

    return train, train_from_files


def _in_order(store: Path, files: Path) -> tuple[Work, Work]:
    def read_store() -> None:
        group = TileStore.open(store)["tiles"]
        for shard in group.shards:
            group.read("image", shard)

    def read_files() -> None:
        for number in range(TILES):
            np.load(files / f"{number}.npy")

    return read_store, read_files


if __name__ == "__main__":
    main()
