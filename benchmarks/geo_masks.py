"""A crater's mask on the basemap: our patches against a reprojection to the whole grid."""

import numpy as np
from geo.measure import Row, arguments, copy_gb_per_s, in_turns, print_table
from geo.plain import reprojected
from geo.scene import CENTERS, ejecta, grid_about

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placement import mask_to_basemap


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    gb_per_s = copy_gb_per_s()
    rows: list[Row] = []
    for name, wanted in (("27 N", 7), ("antimeridian", 7), ("north pole", 4)):
        azimuthal = grid_about(CENTERS[name], basemap, reach=0.25)
        mask = ejecta(azimuthal)
        numbers = mask[None].astype(np.uint8)
        placed = mask_to_basemap(mask, azimuthal=azimuthal, basemap=basemap)
        ours, plain = in_turns(
            lambda of=mask, about=azimuthal: mask_to_basemap(of, azimuthal=about, basemap=basemap),
            lambda of=numbers, about=azimuthal: reprojected(of, about, basemap),
            chosen,
        )
        floor_s = (mask.nbytes + placed.mask.nbytes) / 1e9 / gb_per_s
        title = f"mask to basemap, {name}"
        rows.append(Row(name=title, ours=ours, plain=plain, wanted=wanted, floor_s=floor_s))
    print_table(rows)


if __name__ == "__main__":
    main()
