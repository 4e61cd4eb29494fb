"""The pattern of a crater's ejecta: blanket radius and radial profile with the reprojection."""

import numpy as np
from geo.measure import Row, arguments, copy_gb_per_s, in_turns, print_table
from geo.plain import denoised as plainly_denoised
from geo.plain import reprojected, ring_analysis
from geo.scene import CENTERS, CRATER_RADIUS_M, ejecta, grid_about

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.denoise import denoised
from ejmap_geo.masks.placement import grid_of_mask, mask_to_azimuthal, mask_to_basemap
from ejmap_geo.patterns.rings import blanket_radius_px, ring_counts


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    near = grid_about(CENTERS["27 N"], basemap, reach=0.25)
    whole = grid_about(CENTERS["27 N"], basemap, reach=1)
    placed = mask_to_basemap(ejecta(near), azimuthal=near, basemap=basemap)
    first = np.zeros(basemap.shape, np.bool_)
    placed.paste_into(first)
    full = first[None].astype(np.uint8)

    def our_rings() -> tuple[int, np.ndarray]:
        azimuthal = grid_of_mask(placed, basemap=basemap, azimuthal=whole)
        mask = mask_to_azimuthal(placed, basemap=basemap, azimuthal=azimuthal)
        blanket = blanket_radius_px(mask, azimuthal=azimuthal, radius_m=CRATER_RADIUS_M)
        return blanket, ring_counts(mask, azimuthal=azimuthal, width_px=4).share

    def plain_rings() -> tuple[int, np.ndarray]:
        there = reprojected(full, basemap, whole)[0]
        return ring_analysis(there, whole, CRATER_RADIUS_M / basemap.resolution_m)

    gb_per_s = copy_gb_per_s()
    ours, plain = in_turns(our_rings, plain_rings, chosen)
    found, expected = our_rings(), plain_rings()
    mask = mask_to_azimuthal(placed, basemap=basemap, azimuthal=near)
    rows = [
        Row(
            name="blanket radius and radial profile, with reprojection",
            ours=ours,
            plain=plain,
            wanted=30,
            floor_s=(placed.mask.nbytes + 3 * mask.nbytes) / 1e9 / gb_per_s,
        )
    ]
    ours, plain = in_turns(
        lambda: denoised(mask, connectivity=4), lambda: plainly_denoised(mask, 100), chosen
    )
    name = "clusters below 100 px removed and filled, 0.25 pi R"
    floor_s = 2 * mask.nbytes / 1e9 / gb_per_s
    rows.append(Row(name=name, ours=ours, plain=plain, wanted=0, floor_s=floor_s))
    print_table(rows)
    rings = min(len(found[1]), len(expected[1]))
    apart = np.abs(found[1][:rings] - expected[1][:rings]).max()
    print(f"\nblanket {found[0]} and {expected[0]} px; shares of rings at most {apart:.4f} apart")


if __name__ == "__main__":
    main()
