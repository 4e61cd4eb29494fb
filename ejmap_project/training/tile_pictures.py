"""Pictures of tile locations: rectangles over the mosaic, coloured by a share."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ejmap_geo.grids.window import Window
from ejmap_geo.maps.color import Rgb
from ejmap_geo.maps.preview import LegendEntry
from ejmap_geo.tiles.labels import windows_of
from ejmap_project.artefact import Picture, drawing
from ejmap_project.basemap import read_project_basemap
from ejmap_project.files.planet_files import read_planet_mosaic
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.shades import mosaic_grey
from ejmap_project.pictures.sheet import Panel, sheet
from ejmap_project.sources.known_planets import OWN_PLANET

PICTURE_PX = 1160
# Okabe and Ito: told apart by people who see red and green alike.
NONE_RGB, ALL_RGB = Rgb(0, 114, 178), Rgb(230, 159, 0)
OUTLINE_RGB = (255, 255, 255)
OPACITY = 0.6


@drawing
def location_picture(
    raster: NDArray[np.uint8], tiles: pd.DataFrame, share: pd.Series, *, what: str, alt: str
) -> Picture:
    """Draw tile locations over a mosaic, blue where a share is 0 and orange where it is largest.

    Args:
        raster: The mosaic, ``(band, rows, cols)``.
        tiles: Labelled tiles of its planet.
        share: Values from 0 to 1 by ``tile_id``; locations without one are only outlined.
        what: What the share is of, in words.
        alt: Words for those who cannot see it.
    """
    grey = mosaic_grey(raster, max_side_px=PICTURE_PX)
    scale = grey.shape[1] / raster.shape[2]
    known = share.dropna()
    largest = float(known.max()) if len(known) else 0.0
    below = Image.fromarray(grey)
    above = below.copy()
    draw = ImageDraw.Draw(above)
    for tile_id, window in windows_of(tiles).items():
        fill = _color(float(known[tile_id]), largest) if tile_id in known.index else None
        for box in _boxes(window, raster.shape[2], scale):
            draw.rectangle(box, fill=fill, outline=OUTLINE_RGB)
    blended = np.asarray(Image.blend(below, above, OPACITY))
    legend = [LegendEntry(f"{what}: 0%", NONE_RGB)]
    if largest > 0:
        legend.append(LegendEntry(f"{what}: {largest:.0%}", ALL_RGB))
    return Picture(sheet([Panel(blended)], title=alt, legend=legend), alt=alt)


def mosaic_of(project: OpenProject, planet: str) -> NDArray[np.uint8]:
    """Return the mosaic of a planet by its name in the labelled tiles, ``(band, rows, cols)``."""
    if planet == OWN_PLANET:
        return read_project_basemap(project).raster
    folder = project.paths.training_planet(int(planet.removeprefix("planet_")))
    return read_planet_mosaic(folder, body=project.settings.planet)[0]


def _color(value: float, largest: float) -> Rgb:
    part = value / largest if largest > 0 else 0.0
    red, green, blue = (
        round(none + part * (every - none)) for none, every in zip(NONE_RGB, ALL_RGB, strict=True)
    )
    return Rgb(red, green, blue)


def _boxes(window: Window, width_px: int, scale: float) -> list[tuple[float, float, float, float]]:
    return [
        (
            cols.start * scale,
            rows.start * scale,
            max(cols.start, cols.stop - 1) * scale,
            max(rows.start, rows.stop - 1) * scale,
        )
        for (rows, cols), _ in window.pieces(width_px)
    ]
