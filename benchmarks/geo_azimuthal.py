"""The mosaic about a crater: our patches against a WarpedVRT and the whole-planet raster."""

import tempfile
from dataclasses import replace
from pathlib import Path

from geo.measure import Row, arguments, copy_gb_per_s, in_turns, print_table
from geo.plain import reprojected, warped_window, write_geotiff
from geo.scene import CENTERS, grid_about, mosaic

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.resampling.reproject import to_azimuthal


def main() -> None:
    """Print the table."""
    chosen = arguments(__doc__ or "")
    basemap = BasemapGrid(body=MERCURY, width_px=chosen.width)
    raster = mosaic(basemap)
    gb_per_s = copy_gb_per_s()

    def floor_s(azimuthal: AzimuthalGrid) -> float:
        # Every byte of the result is read somewhere and written once.
        return 2 * raster.shape[0] * azimuthal.shape[0] ** 2 / 1e9 / gb_per_s

    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mosaic.tif"
        write_geotiff(path, raster, basemap)
        for name, center in CENTERS.items():
            azimuthal = grid_about(center, basemap, reach=0.25)
            ours, plain = in_turns(
                lambda about=azimuthal: to_azimuthal(raster, basemap=basemap, azimuthal=about),
                lambda about=azimuthal: warped_window(path, about),
                chosen,
            )
            title = f"azimuthal to 0.25 pi R, {name}, against a WarpedVRT"
            rows.append(
                Row(name=title, ours=ours, plain=plain, wanted=8, floor_s=floor_s(azimuthal))
            )
    whole = grid_about(CENTERS["27 N"], basemap, reach=1)
    ours, plain = in_turns(
        lambda: to_azimuthal(raster, basemap=basemap, azimuthal=whole),
        lambda: reprojected(raster, basemap, whole),
        chosen,
    )
    name = "azimuthal, whole planet"
    rows.append(Row(name=name, ours=ours, plain=plain, wanted=8, floor_s=floor_s(whole)))
    name = "azimuthal to 0.25 pi R, 27 N, against the whole planet"
    rows.append(replace(rows[0], name=name, plain=plain, wanted=80))
    print_table(rows)


if __name__ == "__main__":
    main()
