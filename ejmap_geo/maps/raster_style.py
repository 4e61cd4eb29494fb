"""Styles of rasters for QGIS, which uses a ``.qml`` beside a raster as soon as it opens it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ejmap_geo.maps.color_ramp import STOPS
from ejmap_geo.maps.value_table import ValueClass
from ejmap_geo.whole_file import write_text

QGIS_VERSION = "3.22"
# Black and white of a mosaic: 0 is what was not imaged.
MOSAIC_GREYS = (1, 255)
HEADER = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


class Stop(NamedTuple):
    """A place on a ramp: the value, its colour with alpha, and the label in the legend."""

    value: float
    color: tuple[int, int, int, int]
    label: str


def ramp(lowest: float, highest: float, *, unit: str = "") -> list[Stop]:
    """Return five stops in equal steps, of which the lowest is transparent."""
    steps = len(STOPS) - 1
    return [
        Stop(
            value := lowest + (highest - lowest) * step / steps,
            color.clear if step == 0 else color.opaque,
            f"{value:g}{unit}",
        )
        for step, color in enumerate(STOPS)
    ]


def class_style(classes: Sequence[ValueClass]) -> str:
    """Return the style of a raster of classes: a colour and a label each."""
    root, renderer = _raster("paletted", band="1", alphaBand="-1")
    palette = ET.SubElement(renderer, "colorPalette")
    for one in classes:
        ET.SubElement(
            palette,
            "paletteEntry",
            value=str(one.value),
            color=hex_color(one.color),
            alpha=str(one.color[3]),
            label=one.name,
        )
    return written(root)


def ramp_style(stops: Sequence[Stop], *, band: int = 1) -> str:
    """Return the style of a band of amounts: colours between the stops.

    Values are those that QGIS shows, after scale and offset of the band.
    """
    low, high = f"{stops[0].value:g}", f"{stops[-1].value:g}"
    root, renderer = _raster(
        "singlebandpseudocolor",
        band=str(band),
        alphaBand="-1",
        classificationMin=low,
        classificationMax=high,
    )
    shader = ET.SubElement(
        ET.SubElement(renderer, "rastershader"),
        "colorrampshader",
        colorRampType="INTERPOLATED",
        classificationMode="1",
        clip="0",
        minimumValue=low,
        maximumValue=high,
    )
    for stop in stops:
        ET.SubElement(
            shader,
            "item",
            value=f"{stop.value:g}",
            color=hex_color(stop.color),
            alpha=str(stop.color[3]),
            label=stop.label,
        )
    return written(root)


def color_style(*, alpha_band: int = -1, greys: tuple[float, float] | None = None) -> str:
    """Return the style of a raster whose first three bands are red, green and blue.

    Args:
        alpha_band: Number of the band of opacity; -1 for none.
        greys: Values that are black and white in every band; None shows bytes as they are.
    """
    root, renderer = _raster(
        "multibandcolor", redBand="1", greenBand="2", blueBand="3", alphaBand=str(alpha_band)
    )
    if greys is not None:
        for color in ("red", "green", "blue"):
            _stretch(renderer, f"{color}ContrastEnhancement", greys)
    return written(root)


def grey_style(greys: tuple[float, float]) -> str:
    """Return the style of a raster whose first band is grey, black and white at two values."""
    root, renderer = _raster(
        "singlebandgray", grayBand="1", alphaBand="-1", gradient="BlackToWhite"
    )
    _stretch(renderer, "contrastEnhancement", greys)
    return written(root)


def mosaic_style(bands: int) -> str:
    """Return the style of a mosaic of so many bands: colour for three or more, else grey."""
    return color_style(greys=MOSAIC_GREYS) if bands >= 3 else grey_style(MOSAIC_GREYS)


def write_style(raster: Path, style: str) -> None:
    """Write the style of a raster beside it, whole or not at all."""
    write_text(raster.with_suffix(".qml"), style)


def hex_color(color: Sequence[int]) -> str:
    """Return red, green and blue as ``#rrggbb``."""
    return "#" + "".join(f"{part:02x}" for part in color[:3])


def written(root: ET.Element) -> str:
    """Return a style as the text of a ``.qml``."""
    ET.indent(root)
    return HEADER + ET.tostring(root, encoding="unicode") + "\n"


def _raster(renderer: str, **attributes: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="AllStyleCategories")
    pipe = ET.SubElement(root, "pipe")
    drawn = ET.SubElement(pipe, "rasterrenderer", {"type": renderer, "opacity": "1", **attributes})
    ET.SubElement(pipe, "brightnesscontrast", brightness="0", contrast="0", gamma="1")
    ET.SubElement(pipe, "huesaturation", saturation="0", grayscaleMode="0")
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    ET.SubElement(root, "blendMode").text = "0"
    return root, drawn


def _stretch(renderer: ET.Element, name: str, greys: tuple[float, float]) -> None:
    stretch = ET.SubElement(renderer, name)
    for tag, value in (("minValue", greys[0]), ("maxValue", greys[1])):
        ET.SubElement(stretch, tag).text = f"{value:g}"
    ET.SubElement(stretch, "algorithm").text = "StretchToMinimumMaximum"
