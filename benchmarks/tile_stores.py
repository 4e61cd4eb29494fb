"""Tile stores: writing, random batches as in training, reading in order; against a file a tile."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from geo.measure import Row, arguments, copy_gb_per_s, in_turns, print_table
from numpy.typing import NDArray

from ejmap_ml.sampling import ShardBatches
from ejmap_ml.tile_group import TileStore
from ejmap_ml.tile_sequence import TileSequence
from ejmap_ml.tile_store import write_tile_store

TILES = 1536
BATCH = 32
SHAPE = (3, 256, 256)


def main() -> None:
    """Print the table, the tiles a second and the files."""
    chosen = arguments(__doc__ or "")
    tiles = np.random.default_rng(1).integers(0, 256, (TILES, *SHAPE), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, files = folder / "tiles.zarr", folder / "files"
        files.mkdir()
        write = in_turns(lambda: _write(store, tiles), lambda: _write_files(files, tiles), chosen)
        batches = list(ShardBatches(_sequence(store).shards, batch_size=BATCH, seed=0))
        drawn = in_turns(
            lambda: _train(store, batches), lambda: _train_files(files, batches), chosen
        )
        order = in_turns(lambda: _in_order(store), lambda: _files_in_order(files), chosen)
        our_files = sum(path.is_file() for path in store.rglob("*"))
        their_files = sum(path.is_file() for path in files.iterdir())
    # Compressed in the page cache, read, and copied into batches.
    floor_s = 2 * tiles.nbytes / 1e9 / copy_gb_per_s(threads=1)
    operations = (("written", write, 0), ("random batches", drawn, 1), ("in order", order, 0))
    print_table(
        [
            Row(
                name=f"{TILES} tiles, {title}",
                ours=ours,
                plain=plain,
                wanted=wanted,
                floor_s=floor_s,
            )
            for title, (ours, plain), wanted in operations
        ]
    )
    for title, (ours, plain), _ in operations:
        rates = [round(TILES / cost.seconds) for cost in (ours, plain)]
        print(f"{title}: {rates[0]} tiles/s, .npy files {rates[1]}")
    print(f"files: {our_files}, .npy {their_files}: 1/{their_files / our_files:.0f}")


def _write(path: Path, tiles: NDArray[np.uint8]) -> None:
    with write_tile_store(path, provenance={}) as writer:
        table = pd.DataFrame({"tile_id": np.arange(len(tiles))})
        writer.write_group("tiles", table=table, arrays={"image": tiles})


def _write_files(folder: Path, tiles: NDArray[np.uint8]) -> None:
    for number, tile in enumerate(tiles):
        np.save(folder / f"{number}.npy", tile)


def _sequence(path: Path) -> TileSequence:
    return TileSequence([TileStore.open(path)["tiles"]], names=["image"])


def _train(path: Path, batches: list[list[int]]) -> None:
    tiles = _sequence(path)
    for batch in batches:
        tiles.take(batch)


def _train_files(folder: Path, batches: list[list[int]]) -> None:
    for batch in batches:
        np.stack([np.load(folder / f"{number}.npy") for number in batch])


def _in_order(path: Path) -> None:
    group = TileStore.open(path)["tiles"]
    for shard in group.shards:
        group.read("image", shard)


def _files_in_order(folder: Path) -> None:
    for number in range(TILES):
        np.load(folder / f"{number}.npy")


if __name__ == "__main__":
    main()
