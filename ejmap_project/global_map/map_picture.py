"""The picture of the map: ejecta over the mosaic, with graticule, names and what colours mean."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.composite import colored_labels, over_basemap
from ejmap_geo.maps.label_map import LabelMap
from ejmap_geo.maps.neighbour_colors import PALETTE, neighbour_colors
from ejmap_geo.maps.preview import INK, PAPER, LegendEntry, shrink, with_legend
from ejmap_project.artefact import Picture, drawing
from ejmap_project.basemap import Basemap
from ejmap_project.pictures.sheet import MARGIN_PX, TITLE_FONT_PX, TITLE_PX, draw_scale, font

WIDTH_PX, SMALLEST_PX = 2048, 1024
# Rows of the map that are coloured at a time, in blocks of the picture.
STRIP_BLOCKS = 64
OPACITY = 0.75
OVERLAP = Rgb(255, 255, 255)
GRATICULE_DEG = 30
GRATICULE_RGB = (150, 150, 150)
NAME_FONT_PX, TICK_FONT_PX = 16, 13
SMALLEST_RIM_PX = 4
GAP_PX = 3

Box = tuple[float, float, float, float]


@drawing
def map_picture(
    labels: LabelMap, basemap: Basemap, drawn: Mapping[str, Crater], *, body: str
) -> Picture:
    """Draw the map, 1024 to 2048 px wide.

    Args:
        labels: Label map of the craters.
        basemap: The mosaic.
        drawn: The craters whose ejecta are on the map, by key.
        body: Name of the planet.
    """
    small = _colored(labels, basemap, neighbour_colors(drawn.values()))
    # Names need room: a small map is drawn in larger pixels.
    times = -(-SMALLEST_PX // small.shape[2])
    small = small.repeat(times, axis=1).repeat(times, axis=2)
    rows, cols = small.shape[1:]
    picture = Image.new("RGB", (cols, rows + TITLE_PX), PAPER)
    draw = ImageDraw.Draw(picture)
    title = f"Ejecta of {len(drawn)} craters on {body}"
    draw.text((MARGIN_PX, TITLE_PX // 2), title, INK, font(TITLE_FONT_PX), anchor="lm")
    ground = Image.fromarray(np.ascontiguousarray(np.moveaxis(small, 0, -1)))
    scale = cols / basemap.grid.shape[1]
    _draw_graticule(ground)
    left_out = _draw_names(ground, drawn.values(), basemap.grid, scale)
    m_per_px = basemap.grid.resolution_m / scale
    draw_scale(ImageDraw.Draw(ground), ground, m_per_px=m_per_px, where=" at the equator")
    picture.paste(ground, (0, TITLE_PX))
    whole = with_legend(np.moveaxis(np.asarray(picture), -1, 0), _legend(left_out))
    return Picture(np.asarray(whole), alt="ejecta of all craters over the mosaic")


def _colored(labels: LabelMap, basemap: Basemap, colors: Mapping[int, Rgb]) -> NDArray[np.uint8]:
    """Colour the mosaic by craters, ``(3, rows, cols)``, a strip at a time to save memory."""
    rows, cols = labels.labels.shape
    strip_px = -(-cols // WIDTH_PX) * STRIP_BLOCKS
    parts: list[NDArray[np.uint8]] = []
    for top in range(0, rows, strip_px):
        strip = slice(top, top + strip_px)
        rgba = colored_labels(labels.labels[strip], colors, overlap=OVERLAP)
        seen = over_basemap(rgba, basemap.raster[:, strip], opacity=OPACITY)
        parts.append(shrink(seen, max_width_px=WIDTH_PX))
    return np.concatenate(parts, axis=1)


def _draw_graticule(ground: Image.Image) -> None:
    draw, tick = ImageDraw.Draw(ground), font(TICK_FONT_PX)
    width, height = ground.size
    for lon_deg in range(-180 + GRATICULE_DEG, 180, GRATICULE_DEG):
        x = round((lon_deg + 180) / 360 * width)
        draw.line([(x, 0), (x, height)], fill=GRATICULE_RGB, width=1)
        words = f"{abs(lon_deg)}\N{DEGREE SIGN}{'W' if lon_deg < 0 else 'E' if lon_deg else ''}"
        draw.text((x, 2), words, INK, tick, anchor="mt", stroke_width=2, stroke_fill=PAPER)
    for lat_deg in range(-90 + GRATICULE_DEG, 90, GRATICULE_DEG):
        y = round((90 - lat_deg) / 180 * height)
        draw.line([(0, y), (width, y)], fill=GRATICULE_RGB, width=1)
        words = f"{abs(lat_deg)}\N{DEGREE SIGN}{'S' if lat_deg < 0 else 'N' if lat_deg else ''}"
        draw.text((2, y), words, INK, tick, anchor="lm", stroke_width=2, stroke_fill=PAPER)


def _draw_names(
    ground: Image.Image, craters: Iterable[Crater], grid: BasemapGrid, scale: float
) -> int:
    """Name the craters, large ones first; return how many names found no place."""
    draw, letters = ImageDraw.Draw(ground), font(NAME_FONT_PX)
    taken: list[Box] = []
    left_out = 0
    for crater in sorted(craters, key=lambda one: (-one.radius_m, one.crater_id)):
        at = grid.position(LonLat(*crater.center))
        x, y = at.col * scale, at.row * scale
        reach = max(SMALLEST_RIM_PX, crater.radius_m / grid.resolution_m * scale)
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=INK, width=1)
        words, far = crater.name or crater.key, reach + GAP_PX
        places = (
            ((x + far, y), "lm"),
            ((x - far, y), "rm"),
            ((x, y - far), "mb"),
            ((x, y + far), "mt"),
        )
        for place, anchor in places:
            box = draw.textbbox(place, words, letters, anchor=anchor, stroke_width=2)
            if _is_inside(box, ground) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                draw.text(
                    place, words, INK, letters, anchor=anchor, stroke_width=2, stroke_fill=PAPER
                )
                break
        else:
            left_out += 1
    return left_out


def _is_inside(box: Box, ground: Image.Image) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= ground.width and box[3] <= ground.height


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _legend(left_out: int) -> list[LegendEntry]:
    entries = [LegendEntry("ejecta of several craters", OVERLAP)]
    named = "ejecta of one crater, in one of seven colours; neighbours differ"
    entries += [LegendEntry(named, PALETTE[0])]
    if left_out:
        entries.append(LegendEntry(f"names without a place: {left_out}", Rgb(*PAPER)))
    return entries
