"""One crater's mask against its whole manual map: as a whole, by quarter and by distance."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.denoise import denoised_by_sides
from ejmap_geo.masks.placed_mask import PlacedMask, pixels_in, without_crater
from ejmap_geo.masks.polygons import rasterized_on_planet
from ejmap_geo.masks.rim import Rim, circular_rim, drawn_rim
from ejmap_geo.patterns.published_pattern import Row
from ejmap_geo.patterns.rings import around_content, blanket_radius_px, centred
from ejmap_geo.scores.agreement import Confusion, confusion
from ejmap_geo.scores.crater_agreement import QUARTERS, claimed_pixels
from ejmap_project.analysis.crater_measures import published_row
from ejmap_project.analysis.surroundings import Mapped, surroundings
from ejmap_project.basemap import Basemap
from ejmap_project.manual_maps.comparison_table import (
    DECILES,
    MANUAL_BLANKET,
    MAPPED_BLANKET,
    TILES,
    WHOLE,
)
from ejmap_project.manual_maps.whole_maps import WholeMap


class TileMask(NamedTuple):
    """What is known of a crater in labelled tiles: its manual mask, and their rectangles."""

    mask: PlacedMask
    rectangles: Iterable[Window]


class CraterComparison(NamedTuple):
    """A crater's mask beside its whole manual map.

    Attributes:
        whole: The manual map.
        mapped: The mask of the project about the crater, ``(rows, cols)``.
        grid: Grid of ``mapped``.
        rows: Rows of ``ManualComparisonTable``.
        manual_pattern: The published columns of the manual map, the inside of its rim kept.
        manual_blanket_px: Radius of the blanket of the manual map.
        mapped_blanket_px: The same of the mask of the project.
    """

    whole: WholeMap
    mapped: NDArray[np.bool_]
    grid: AzimuthalGrid
    rows: list[dict[str, object]]
    manual_pattern: Row
    manual_blanket_px: int
    mapped_blanket_px: int


def compare_crater(
    whole: WholeMap,
    mapped: NDArray[np.bool_],
    grid: AzimuthalGrid,
    *,
    basemap: Basemap,
    rim: Rim | None,
    tiles: TileMask | None,
) -> CraterComparison:
    """Compare the mask of a crater with its whole manual map, without what lies inside the rim.

    Args:
        whole: The manual map.
        mapped: The mask of the project, ``(rows, cols)``.
        grid: Grid of ``mapped``; its pixels are those of the map.
        basemap: The mosaic.
        rim: The rim in degrees if somebody drew it; else a circle.
        tiles: What is known of the crater in labelled tiles; None where there are none.
    """
    crater, resolution_m = whole.crater, grid.resolution_m
    size = {"radius_m": crater.radius_m, "resolution_m": resolution_m}
    inside = (
        circular_rim(grid.body, **size)
        if rim is None
        else drawn_rim(rim, body=grid.body, center=crater.center, **size)
    )
    blanket_px = {
        MANUAL_BLANKET: _blanket_px(whole.mask, whole.grid, radius_m=crater.radius_m),
        MAPPED_BLANKET: _blanket_px(mapped, grid, radius_m=crater.radius_m),
    }
    half_px = max(1, *(around_content(mask)[1] for mask in (mapped, whole.mask)))
    is_ejecta = ~centred(inside, half_px=half_px)
    pixels = claimed_pixels(
        *(centred(mask, half_px=half_px) & is_ejecta for mask in (mapped, whole.mask))
    )
    shares = [number / len(DECILES) for number in range(1, len(DECILES) + 1)]
    quantiles_px = pixels.actual_quantiles_px(shares).tolist()
    discs_px = {**blanket_px, **dict(zip(DECILES, quantiles_px, strict=True))}
    agreements = {WHOLE: pixels.whole, **dict(zip(QUARTERS, pixels.by_quarter, strict=True))}
    if tiles is not None:
        agreements[TILES] = _in_tiles(whole, tiles, rim=rim, basemap=basemap.grid)
    rows = [_row(whole, part, one) for part, one in agreements.items()]
    rows += [
        _row(whole, part, pixels.within(radius_px))
        | {
            "outer_km": radius_px * resolution_m / 1000,
            "manual_share": pixels.actual_share_within(radius_px),
        }
        for part, radius_px in discs_px.items()
    ]
    return CraterComparison(
        whole=whole,
        mapped=mapped,
        grid=grid,
        rows=rows,
        manual_pattern=_manual_pattern(whole, basemap, blanket_px=blanket_px[MANUAL_BLANKET]),
        manual_blanket_px=blanket_px[MANUAL_BLANKET],
        mapped_blanket_px=blanket_px[MAPPED_BLANKET],
    )


def _blanket_px(mask: NDArray[np.bool_], grid: AzimuthalGrid, *, radius_m: float) -> int:
    return blanket_radius_px(denoised_by_sides(mask), azimuthal=grid, radius_m=radius_m)


def _manual_pattern(whole: WholeMap, basemap: Basemap, *, blanket_px: int) -> Row:
    around = surroundings(
        Mapped(denoised_by_sides(whole.mask), None),
        basemap=basemap,
        crater=whole.crater,
        grid=whole.grid,
        rim=None,
    )
    kept = replace(around, rim=np.zeros_like(around.rim))
    return published_row(kept, blanket_px=blanket_px)


def _in_tiles(
    whole: WholeMap, tiles: TileMask, *, rim: Rim | None, basemap: BasemapGrid
) -> Confusion:
    """Count the manual mask of labelled tiles as a prediction of the whole map inside of them."""
    masks: list[NDArray[np.bool_]] = []
    for placed in (tiles.mask, whole.placed):
        full = np.zeros(basemap.shape, np.bool_)
        _without_rim(placed, whole, rim, basemap).paste_into(full)
        masks.append(full)
    return confusion(*masks, where=pixels_in(tiles.rectangles, basemap))


def _without_rim(
    placed: PlacedMask, whole: WholeMap, rim: Rim | None, basemap: BasemapGrid
) -> PlacedMask:
    crater = whole.crater
    if placed.window is None:
        return placed
    if rim is None:
        return without_crater(
            placed, basemap=basemap, center=crater.center, radius_m=crater.radius_m
        )
    inside = rasterized_on_planet(rim, basemap=basemap).within(placed.window, basemap)
    return PlacedMask(mask=placed.mask & ~inside, window=placed.window)


def _row(whole: WholeMap, part: str, counts: Confusion) -> dict[str, object]:
    scores: Mapping[str, float] = {
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }
    return {
        "crater_id": whole.crater.crater_id,
        "crater": whole.crater.name or whole.crater.key,
        "part": part,
        "is_independent": whole.is_independent,
        "outer_km": math.nan,
        "manual_share": math.nan,
        "true_positive": counts.true_positive,
        "false_positive": counts.false_positive,
        "false_negative": counts.false_negative,
        **scores,
    }
