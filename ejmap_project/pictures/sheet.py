"""Pictures of rasters as sheets: title, panels side by side, scale, north, rim and a legend."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.preview import INK, PAPER, LegendEntry, with_legend
from ejmap_project.artefact import Markdown, Picture, drawing
from ejmap_project.pictures.shades import EJECTA, mask_over, mosaic_grey, shrunk

# Wide enough to be read when the pages shrink it to their column.
SHEET_WIDTH_PX = 1160
PANEL_GAP_PX = 8
TITLE_PX, CAPTION_PX = 40, 28
TITLE_FONT_PX, FONT_PX = 20, 15
MARGIN_PX = 12
# Sky blue of Okabe and Ito: it stands out from grey and from vermilion for every reader.
RIM_RGB = Rgb(86, 180, 233)
RIM = LegendEntry("rim of the crater", RIM_RGB)
RIM_POINTS = 72
# A smaller circle hides its crater; ticks outside of it lead the eye there.
SMALL_RIM_PX = 12
TICK_PX = 14
LONGEST_BAR = 0.3
M_PER_KM = 1000.0


class Marks(NamedTuple):
    """What is drawn over a panel.

    Attributes:
        m_per_px: Metres a pixel of the picture before it is enlarged.
        rim: Outline of a crater in the same pixels, ``(points, 2)`` of x and y; None if there is
            none.
        where: Words on where the scale holds.
    """

    m_per_px: float
    rim: NDArray[np.float64] | None = None
    where: str = ""

    @classmethod
    def azimuthal(cls, grid: AzimuthalGrid, crater: Crater, *, side_px: int) -> "Marks":
        """Return the marks of a crater in the centre of a picture of a whole azimuthal raster."""
        m_per_px = grid.shape[0] * grid.resolution_m / side_px
        return cls(m_per_px, circle(side_px / 2, side_px / 2, crater.radius_m / m_per_px))


class Panel(NamedTuple):
    """A picture of a sheet.

    Attributes:
        rgb: ``(rows, cols, 3)``.
        caption: What it shows, in a few words.
        marks: Scale, north and rim; None where the picture is no map.
    """

    rgb: NDArray[np.uint8]
    caption: str = ""
    marks: Marks | None = None


def sheet(
    panels: Sequence[Panel],
    *,
    title: str,
    legend: Sequence[LegendEntry] = (),
    width_px: int = SHEET_WIDTH_PX,
) -> NDArray[np.uint8]:
    """Draw pictures side by side under a title, as wide as the sheet, with a legend below.

    Args:
        panels: Pictures from left to right, of one height when brought to one width.
        title: What and where.
        legend: What the colours mean.
        width_px: Width of the sheet.

    Returns:
        ``(rows, width_px, 3)``.
    """
    panel_px = (width_px - PANEL_GAP_PX * (len(panels) - 1)) // len(panels)
    drawn = [_drawn(one, panel_px) for one in panels]
    caption_px = CAPTION_PX if any(one.caption for one in panels) else 0
    height = TITLE_PX + caption_px + max(one.height for one in drawn)
    picture = Image.new("RGB", (width_px, height), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((MARGIN_PX, TITLE_PX // 2), title, INK, font(TITLE_FONT_PX), anchor="lm")
    for number, (panel, image) in enumerate(zip(panels, drawn, strict=True)):
        left = number * (panel_px + PANEL_GAP_PX)
        middle = (left + MARGIN_PX, TITLE_PX + caption_px // 2)
        draw.text(middle, panel.caption, INK, font(FONT_PX), anchor="lm")
        picture.paste(image, (left, TITLE_PX + caption_px))
    return np.asarray(with_legend(np.moveaxis(np.asarray(picture), -1, 0), legend))


@drawing
def planet_picture(
    rgb: NDArray[np.uint8], grid: BasemapGrid, what: str, legend: Sequence[LegendEntry] = ()
) -> Picture:
    """Return the picture of a whole planet, with a title that names it.

    Args:
        rgb: ``(rows, cols, 3)``, the basemap made smaller.
        grid: Grid of the basemap.
        what: What is shown.
        legend: What the colours mean.
    """
    title = f"{grid.body.name}: {what}"
    marks = Marks(grid.resolution_m * grid.shape[1] / rgb.shape[1], where=" at the equator")
    return Picture(sheet([Panel(rgb, marks=marks)], title=title, legend=legend), alt=title)


@drawing
def ejecta_picture(
    raster: NDArray[np.uint8], ejecta: NDArray[np.bool_], grid: BasemapGrid, *, what: str
) -> Picture | Markdown:
    """Return the picture of ejecta over the mosaic of a whole planet.

    Args:
        raster: The mosaic, ``(band, rows, cols)``.
        ejecta: ``(rows, cols)``.
        grid: Grid of both.
        what: What is shown.
    """
    grey = mosaic_grey(raster, max_side_px=SHEET_WIDTH_PX)
    rgb = mask_over(grey, shrunk(ejecta, max_side_px=SHEET_WIDTH_PX))
    return planet_picture(rgb, grid, what, [EJECTA])


def circle(x: float, y: float, radius: float) -> NDArray[np.float64]:
    """Return points of a circle, ``(points, 2)``."""
    turn = np.linspace(0, 2 * np.pi, RIM_POINTS, endpoint=False)
    return np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=-1)


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which has the letters of crater names; Pillow's own font lacks some."""
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans.ttf"), size_px)


def titled(crater: Crater, words: str) -> str:
    """Return the title of a picture of a crater."""
    return f"{crater.label}: {words}"


def _drawn(panel: Panel, width_px: int) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(panel.rgb))
    scale = width_px / image.width
    size = (width_px, max(1, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)
    if panel.marks is not None:
        draw = ImageDraw.Draw(image)
        m_per_px, rim, where = panel.marks
        if rim is not None:
            _draw_rim(draw, rim * scale)
        draw_scale(draw, image, m_per_px=m_per_px / scale, where=where)
        _draw_north(draw, image)
    return image


def _draw_rim(draw: ImageDraw.ImageDraw, rim: NDArray[np.float64]) -> None:
    points = [(float(x), float(y)) for x, y in rim]
    # Dashes, through which the rim itself is seen.
    for one, other in zip(points[::2], points[1::2], strict=False):
        draw.line([one, other], fill=RIM_RGB, width=2)
    (x, y), reach = rim.mean(axis=0), float(np.ptp(rim, axis=0).max()) / 2
    if reach < SMALL_RIM_PX:
        near, far = reach + 3, reach + 3 + TICK_PX
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            ends = [(x + dx * near, y + dy * near), (x + dx * far, y + dy * far)]
            draw.line(ends, fill=RIM_RGB, width=2)


def draw_scale(
    draw: ImageDraw.ImageDraw, image: Image.Image, *, m_per_px: float, where: str = ""
) -> None:
    """Draw a scale bar of a round length into the lower left corner.

    Args:
        draw: What draws on the image.
        image: The image.
        m_per_px: Metres a pixel.
        where: Words on where the scale holds.
    """
    length_m = _round_length_m(LONGEST_BAR * image.width * m_per_px)
    text = f"{length_m / M_PER_KM:g} km{where}"
    length_px = max(round(length_m / m_per_px), round(font(FONT_PX).getlength(text)))
    left, bottom = 2 * MARGIN_PX, image.height - 2 * MARGIN_PX
    box = (MARGIN_PX, bottom - 34, left + length_px + MARGIN_PX, bottom + MARGIN_PX)
    draw.rectangle(box, fill=PAPER)
    bar = (left, bottom - 2, left + round(length_m / m_per_px), bottom + 2)
    draw.rectangle(bar, fill=INK)
    draw.text((left, bottom - 8), text, INK, font(FONT_PX), anchor="lb")


def _draw_north(draw: ImageDraw.ImageDraw, image: Image.Image) -> None:
    x, top = image.width - 2 * MARGIN_PX, MARGIN_PX
    draw.rectangle((x - MARGIN_PX, top, x + MARGIN_PX, top + 56), fill=PAPER)
    draw.text((x, top + 4), "N", INK, font(FONT_PX), anchor="mt")
    draw.line([(x, top + 50), (x, top + 26)], fill=INK, width=2)
    draw.polygon([(x - 6, top + 32), (x + 6, top + 32), (x, top + 20)], fill=INK)


def _round_length_m(longest_m: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not longer."""
    power = 10 ** math.floor(math.log10(longest_m))
    return next(step * power for step in (5, 2, 1) if step * power <= longest_m)
