"""Labelled tiles as squares about a crater: footprints against polygons of a planet's raster.

The plain way first reprojects a raster of tile numbers of the whole planet. That is not counted;
its polygons and squares are. It looks only at squares whose diagonal ends on the outline. A few
tiles far from the crater, drawn out into arcs, take most of its time: the typical tile is told too.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from geo.measure import Cost, Row, arguments, copy_gb_per_s, in_turns, print_table
from geo.plain import outlines, square_side_px
from geo.scene import CENTERS, grid_about

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.tiles.tiling import labelled_tiles

TILES = 60
# 256 pixels at full resolution.
TILES_AROUND = 90


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    azimuthal = grid_about(CENTERS["27 N"], basemap, reach=1)
    side_px = basemap.width_px // TILES_AROUND
    tiles = _tiles(basemap)
    numbers = np.zeros((1, *basemap.shape), np.uint16)
    for number, tile in tiles.items():
        numbers[(0, *tile.slices)] = number
    there = to_azimuthal(numbers, basemap=basemap, azimuthal=azimuthal)[0]
    del numbers

    def plain_sides() -> dict[int, int]:
        return {
            number: square_side_px(corners, side_px) for number, corners in outlines(there).items()
        }

    def our_sides() -> dict[int, int]:
        squares = labelled_tiles(tiles, basemap=basemap, azimuthal=azimuthal)
        return {square.tile_id: square.side_px for square in squares}

    ours, plain = in_turns(our_sides, plain_sides, chosen)
    found, expected = our_sides(), plain_sides()
    same = np.mean([found[number] == expected[number] for number in tiles])
    apart = max(abs(found[number] - expected[number]) for number in tiles)
    rows = [
        Row(
            name="largest inscribed square, a tile",
            ours=_a_tile(ours),
            plain=_a_tile(plain),
            wanted=50,
            floor_s=2 * side_px**2 / 1e9 / copy_gb_per_s(),
        )
    ]
    print_table(rows)
    print(f"\n{len(tiles)} tiles; the same side for {same:.0%} of them, at most {apart} px apart")
    around = outlines(there)
    outlines_s = _seconds(lambda: outlines(there)) / TILES
    ours_s, search_s = np.array(
        [
            (
                _seconds(
                    lambda of=number: labelled_tiles(
                        {of: tiles[of]}, basemap=basemap, azimuthal=azimuthal
                    )
                ),
                _seconds(lambda of=number: square_side_px(around[of], side_px)),
            )
            for number in tiles
        ]
    ).T
    for title, plain_s in (
        ("with its share of the polygons", search_s + outlines_s),
        ("the search for the square alone", search_s),
    ):
        ratios = plain_s / ours_s
        print(f"ratio of a tile, {title}: median {np.median(ratios):.0f}, least {ratios.min():.0f}")


def _tiles(basemap: BasemapGrid) -> dict[int, Window]:
    """Return a tile in each cell of a grid, so that none covers another; none next to a pole."""
    rng = np.random.default_rng(4)
    height, width = basemap.shape[0] // 6, basemap.shape[1] // 15
    side_px = basemap.width_px // TILES_AROUND
    tiles: dict[int, Window] = {}
    for number in range(1, TILES + 1):
        row, col = divmod(number - 1, 15)
        top = (row + 1) * height + int(rng.integers(0, height - side_px))
        left = col * width + int(rng.integers(0, width - side_px))
        tiles[number] = Window(row=top, col=left, height=side_px, width=side_px)
    return tiles


def _seconds(work: Callable[[], object]) -> float:
    """Return the least of three runs: operations of a millisecond are easily disturbed."""
    spent: list[float] = []
    for _ in range(3):
        begun_s = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun_s)
    return min(spent)


def _a_tile(cost: Cost) -> Cost:
    return replace(cost, seconds=cost.seconds / TILES)


if __name__ == "__main__":
    main()
