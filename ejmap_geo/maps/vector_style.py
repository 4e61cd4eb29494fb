"""Styles of layers of polygons and points for QGIS, in the text form that a GeoPackage embeds."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from ejmap_geo.maps.raster_style import QGIS_VERSION, written
from ejmap_geo.maps.value_table import ValueClass

FILL_ALPHA = 110
LIGHT, DARK = (255, 255, 255, 255), (0, 0, 0, 200)
RIM_MM, OUTLINE_MM, POINT_MM, LABEL_PT = 0.4, 0.3, 1.6, 8


def outline_style(classes: Sequence[ValueClass], *, column: str) -> str:
    """Return the style of outlines: half transparent in the colour of their crater.

    Args:
        classes: A crater each.
        column: The column that holds their values.
    """
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=column)
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for index, one in enumerate(classes):
        ET.SubElement(
            categories,
            "category",
            {"symbol": str(index), "value": str(one.value), "label": one.name, "type": "long"},
        )
        _symbol(
            symbols,
            str(index),
            "fill",
            "SimpleFill",
            _fill((*one.color[:3], FILL_ALPHA), one.color, OUTLINE_MM),
        )
    return written(root)


def rim_style(*, label: str) -> str:
    """Return the style of rims: white circles without a fill, labelled by a column."""
    root, symbols = _single()
    _symbol(
        symbols, "0", "fill", "SimpleFill", _fill((0, 0, 0, 0), LIGHT, RIM_MM) | {"style": "no"}
    )
    _label(root, label)
    return written(root)


def point_style() -> str:
    """Return the style of crater centres: small white dots with a dark edge."""
    root, symbols = _single()
    dot = {
        "name": "circle",
        "color": _rgba(LIGHT),
        "outline_color": _rgba(DARK),
        "size": str(POINT_MM),
        "size_unit": "MM",
    }
    _symbol(symbols, "0", "marker", "SimpleMarker", dot)
    return written(root)


def _single() -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling")
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol")
    return root, ET.SubElement(renderer, "symbols")


def _fill(
    color: tuple[int, int, int, int], edge: tuple[int, int, int, int], width_mm: float
) -> dict[str, str]:
    return {
        "color": _rgba(color),
        "outline_color": _rgba(edge),
        "outline_width": str(width_mm),
        "outline_width_unit": "MM",
        "style": "solid",
    }


def _symbol(
    symbols: ET.Element, name: str, kind: str, layer: str, options: Mapping[str, str]
) -> None:
    symbol = ET.SubElement(symbols, "symbol", {"name": name, "type": kind, "alpha": "1"})
    drawn = ET.SubElement(symbol, "layer", {"class": layer, "enabled": "1", "pass": "0"})
    stated = ET.SubElement(drawn, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(stated, "Option", {"name": key, "type": "QString", "value": value})


def _label(root: ET.Element, column: str) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=column,
        fontSize=str(LABEL_PT),
        fontSizeUnit="Point",
        textColor=_rgba(LIGHT),
    )
    ET.SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.5", bufferColor=_rgba(DARK))
    ET.SubElement(settings, "placement", placement="1")


def _rgba(color: tuple[int, int, int, int]) -> str:
    return ",".join(map(str, color))
