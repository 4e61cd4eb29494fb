"""Overlapping tiles of probabilities as one raster: the crater's reach against the whole planet."""

import numpy as np
from geo.measure import Row, arguments, copy_gb_per_s, in_turns, print_table
from geo.plain import averaged
from geo.scene import CENTERS, grid_about

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import mean_probability
from ejmap_geo.tiles.tiling import mapping_tiles, tiles_of

# 256 pixels at full resolution.
TILES_AROUND = 90
REACH = 0.25


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    side_px = basemap.width_px // TILES_AROUND
    azimuthal = grid_about(CENTERS["27 N"], basemap, reach=REACH)
    reach_m = REACH * MERCURY.half_circumference_m
    table = mapping_tiles(azimuthal, side_px=side_px, reach_m=reach_m)
    places = [tile.window for tile in tiles_of(table)]
    values = np.random.default_rng(1).random((len(places), side_px, side_px), np.float32)
    tiles = list(zip(places, values, strict=True))
    height, width = azimuthal.shape
    window = Window(row=0, col=0, height=height, width=width)
    planet_side_px = 2 * grid_about(CENTERS["27 N"], basemap, reach=1).half_size_px

    expected = averaged(tiles, planet_side_px)[:height, :width]
    np.testing.assert_allclose(mean_probability(tiles, window=window), expected, rtol=1e-6)
    del expected
    ours, plain = in_turns(
        lambda: mean_probability(tiles, window=window),
        lambda: averaged(tiles, planet_side_px),
        chosen,
    )
    floor_s = (values.nbytes + 4 * height * width) / 1e9 / copy_gb_per_s()
    title = f"{len(tiles)} tiles of probabilities averaged, {REACH} pi R"
    print_table([Row(name=title, ours=ours, plain=plain, wanted=0, floor_s=floor_s)])


if __name__ == "__main__":
    main()
