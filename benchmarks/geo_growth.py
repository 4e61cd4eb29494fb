"""How the time of the geospatial operations grows with pixels and with craters."""

import argparse

from geo.measure import Cost, arguments, repeated
from geo.scene import CENTERS, CRATER_RADIUS_M, ejecta, ejecta_of_craters, grid_about, mosaic

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.maps.composite import color_composite
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.denoise import denoised
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.patterns.rings import ring_counts
from ejmap_geo.resampling.reproject import polar_to_azimuthal, to_azimuthal, to_polar

WIDTHS_PX = (5760, 11520, 23040)
CRATERS = (6, 12, 24)


def main() -> None:
    """Print two tables."""
    chosen = arguments(__doc__ or "")
    by_width = [_at_width(width_px, chosen) for width_px in WIDTHS_PX]
    print(
        "| operation, reach 0.25 pi R | " + " | ".join(f"{width} px" for width in WIDTHS_PX) + " |"
    )
    print("| --- |" + " --- |" * len(WIDTHS_PX))
    for name in by_width[0]:
        _print_row(name, [_time(costs[name]) for costs in by_width])
    basemap = BasemapGrid(body=MERCURY, width_px=WIDTHS_PX[-1])
    print()
    _print_row("operation", [f"{count} craters" for count in CRATERS])
    _print_row("---", ["---" for _ in CRATERS])
    masks = ejecta_of_craters(basemap, CRATERS[-1])
    costs: list[Cost] = []
    for count in CRATERS:
        some = {crater_id: masks[crater_id] for crater_id in range(count)}
        costs.append(
            repeated(lambda of=some: color_composite(of, label_map(of, basemap=basemap)), chosen)
        )
    _print_row("label map and composite", [_time(cost) for cost in costs])


def _print_row(name: str, cells: list[str]) -> None:
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _at_width(width_px: int, chosen: argparse.Namespace) -> dict[str, Cost]:
    basemap = BasemapGrid(body=MERCURY, width_px=width_px)
    raster, center = mosaic(basemap), CENTERS["27 N"]
    azimuthal = grid_about(center, basemap, reach=0.25)
    mask = ejecta(azimuthal)
    polar = PolarGrid(
        body=MERCURY,
        center=center,
        radius_m=CRATER_RADIUS_M / 2,
        rows=160,
        cols=768,
        inner_radii=0.9,
        outer_radii=80.0,
        offset_radii=3.0,
    )
    view = to_polar(raster, basemap=basemap, polar=polar, samples=(3, 2))
    operations = {
        "mosaic to azimuthal": lambda: to_azimuthal(raster, basemap=basemap, azimuthal=azimuthal),
        "mask to basemap": lambda: mask_to_basemap(mask, azimuthal=azimuthal, basemap=basemap),
        "ring counts": lambda: ring_counts(mask, azimuthal=azimuthal, width_px=4),
        "denoising": lambda: denoised(mask),
        "polar view, 160 x 768 of 3 x 2 samples": lambda: to_polar(
            raster, basemap=basemap, polar=polar, samples=(3, 2)
        ),
        "polar view to azimuthal": lambda: polar_to_azimuthal(
            view[0], polar=polar, azimuthal=azimuthal
        ),
    }
    return {name: repeated(work, chosen) for name, work in operations.items()}


def _time(cost: Cost) -> str:
    return f"{1000 * cost.seconds:.3g} ms"


if __name__ == "__main__":
    main()
