"""Pictures of a crater's pattern: its mask, its manual map, and the masks of its neighbours."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.distance import angle_rad
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.neighbour_colors import PALETTE
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.patterns.rings import around_content, centred
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.artefact import drawing
from ejmap_project.basemap import Basemap
from ejmap_project.figures import DPI
from ejmap_project.manual_maps.crater_comparison import CraterComparison
from ejmap_project.pictures.shades import mosaic_grey, mosaic_rgb, shrunk

PANEL_PX = 420
MARGIN = 1.05
# As published: ground without ejecta under black of this opacity, and neighbours that share more
# than this part of the ejecta.
DARKNESS = 0.6
LEAST_SHARED = 0.05
BAR_SHARE = 2 / 7
OPACITY = 0.55


class Neighbour(NamedTuple):
    """A crater whose mask lies over that of another one.

    Attributes:
        crater: The crater.
        placed: Its mask.
    """

    crater: Crater
    placed: PlacedMask


def neighbours(
    found: CraterComparison,
    masks: Mapping[int, PlacedMask],
    craters: Iterable[Crater],
    *,
    basemap: BasemapGrid,
) -> list[Neighbour]:
    """Return craters that claim a twentieth of a crater's ejecta or more, the nearest first.

    Args:
        found: The crater.
        masks: Masks on the basemap by crater id, its own among them.
        craters: All craters.
        basemap: Grid of the masks.

    Returns:
        As many as there are colours for.
    """
    center = found.whole.crater
    own = masks[center.crater_id]
    near: list[Neighbour] = []
    others = (one for one in craters if one.crater_id in masks and one != center)
    for crater in sorted(others, key=lambda one: angle_rad(one.center, center.center)):
        if len(near) == len(PALETTE):
            break
        placed = masks[crater.crater_id]
        if own.intersection(placed, basemap).area_px > LEAST_SHARED * own.area_px:
            near.append(Neighbour(crater, placed))
    return near


@drawing
def pattern_panels(found: CraterComparison, basemap: Basemap, near: Sequence[Neighbour]) -> Figure:
    """Draw a crater's mask, its manual map and its neighbours' masks over the mosaic.

    Args:
        found: The crater.
        basemap: The mosaic.
        near: Its neighbours, the nearest first.
    """
    grid = _seen_grid(found)
    mosaic = to_azimuthal(basemap.raster, basemap=basemap.grid, azimuthal=grid)
    rgb = mosaic_rgb(mosaic, max_side_px=PANEL_PX)
    figure = Figure(figsize=(10.5, 3.9), dpi=DPI)
    figure.subplots_adjust(left=0.07, right=0.98, top=0.87, bottom=0.12, wspace=0.2)
    panels = [figure.add_subplot(1, 3, place) for place in (1, 2, 3)]
    mapped = centred(found.mapped, half_px=grid.half_size_px)
    manual = centred(found.whole.mask, half_px=grid.half_size_px)
    for axes, mask, title in (
        (panels[0], mapped, "mapped ejecta"),
        (panels[1], manual, "manual map"),
    ):
        seen = shrunk(mask, max_side_px=PANEL_PX)
        dark = np.where(seen[..., None], rgb, np.round(rgb * (1 - DARKNESS))).astype(np.uint8)
        _show(axes, dark, grid, title)
    # Colours of craters stand out from grey alone.
    grey = mosaic_grey(mosaic, max_side_px=PANEL_PX)
    _show(panels[2], _colored(grey, near, grid, basemap.grid), grid, "masks of neighbours")
    panels[0].set_ylabel("km north", fontsize=8)
    for axes in panels:
        _draw_circles(axes, found)
    _draw_bar(panels[0], grid)
    if near:
        colors = zip(near, PALETTE, strict=False)
        handles = [Patch(color=_share_rgb(color), label=one.crater.label) for one, color in colors]
        panels[2].legend(handles=handles, fontsize=6, loc="upper right", framealpha=0.8)
    figure.suptitle(
        f"{found.whole.crater.label}: blanket of the map (solid) and of the manual map (dashed)",
        fontsize=9,
    )
    return figure


def _seen_grid(found: CraterComparison) -> AzimuthalGrid:
    reach_px = max(
        *(around_content(mask)[1] for mask in (found.mapped, found.whole.mask)),
        math.ceil(2 * found.whole.crater.radius_m / found.grid.resolution_m),
    )
    most_px = AzimuthalGrid.whole_planet_half_px(found.grid.body, found.grid.resolution_m)
    return replace(found.grid, half_size_px=min(math.ceil(MARGIN * reach_px), most_px))


def _show(axes: Axes, rgb: NDArray[np.uint8], grid: AzimuthalGrid, title: str) -> None:
    half_km = grid.half_size_px * grid.resolution_m / 1000
    axes.imshow(rgb, extent=(-half_km, half_km, -half_km, half_km), interpolation="nearest")
    axes.set_title(title, fontsize=8)
    axes.set_xlabel("km east", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_autoscale_on(False)


def _colored(
    rgb: NDArray[np.uint8],
    near: Sequence[Neighbour],
    grid: AzimuthalGrid,
    basemap: BasemapGrid,
) -> NDArray[np.uint8]:
    """Lay the masks of neighbours over the mosaic; the nearest one lies on top."""
    out = rgb.astype(np.float64)
    is_free = np.ones(rgb.shape[:2], np.bool_)
    for one, color in zip(near, PALETTE, strict=False):
        mask = mask_to_azimuthal(one.placed, basemap=basemap, azimuthal=grid)
        chosen = shrunk(mask, max_side_px=PANEL_PX) & is_free
        out[chosen] = out[chosen] * (1 - OPACITY) + np.array(color) * OPACITY
        is_free &= ~chosen
    out[is_free] *= 1 - DARKNESS
    return np.round(out).astype(np.uint8)


def _draw_circles(axes: Axes, found: CraterComparison) -> None:
    km_per_px = found.grid.resolution_m / 1000
    for radius_px, style in ((found.mapped_blanket_px, "-"), (found.manual_blanket_px, "--")):
        if radius_px:
            # Dark below light: one of them stands out from ejecta of any colour.
            for color, width in (("black", 2.6), ("white", 1.3)):
                axes.add_patch(
                    Circle(
                        (0, 0), radius_px * km_per_px, fill=False, color=color, lw=width, ls=style
                    )
                )


def _draw_bar(axes: Axes, grid: AzimuthalGrid) -> None:
    """Draw a scale bar of 1, 2 or 5 times a power of ten, nearest to two sevenths of the half."""
    half_km = grid.half_size_px * grid.resolution_m / 1000
    wanted_km = BAR_SHARE * half_km
    power = 10 ** math.floor(math.log10(wanted_km))
    length_km = min((1, 2, 5, 10), key=lambda step: abs(step * power - wanted_km)) * power
    left, bottom = -0.92 * half_km, -0.9 * half_km
    axes.add_patch(Rectangle((left, bottom), length_km, 0.02 * half_km, color="white"))
    axes.text(left, bottom + 0.05 * half_km, f"{length_km:g} km", color="white", fontsize=7)


def _share_rgb(color: Rgb) -> tuple[float, float, float]:
    red, green, blue = color
    return red / 255, green / 255, blue / 255
