"""Styles of polygons, lines and points for QGIS, in the text form that a GeoPackage embeds."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from ejmap_geo.maps.raster_style import QGIS_VERSION, written
from ejmap_geo.maps.value_table import ValueClass

FILL_ALPHA = 110
LIGHT, DARK = (255, 255, 255, 255), (0, 0, 0, 200)
RIM_MM, OUTLINE_MM, RAY_MM, POINT_MM, LABEL_PT = 0.4, 0.3, 0.5, 1.6, 9
# As Qt counts weights of fonts.
BOLD = "75"
AREA = (102, 194, 165, 90)


def outline_style(classes: Sequence[ValueClass], *, column: str) -> str:
    """Return the style of outlines: half transparent in the colour of their crater.

    Args:
        classes: A crater each.
        column: The column that holds their values.
    """
    root, symbols = _categories(classes, column)
    for index, one in enumerate(classes):
        fill = _fill((*one.color[:3], FILL_ALPHA), one.color, OUTLINE_MM)
        _symbol(symbols, str(index), "fill", "SimpleFill", fill)
    return written(root)


def line_style(classes: Sequence[ValueClass], *, column: str) -> str:
    """Return the style of lines in the colour of their crater.

    Args:
        classes: A crater each.
        column: The column that holds their values.
    """
    root, symbols = _categories(classes, column)
    for index, one in enumerate(classes):
        line = {
            "line_color": _rgba(one.color),
            "line_width": str(RAY_MM),
            "line_width_unit": "MM",
            "capstyle": "round",
        }
        _symbol(symbols, str(index), "line", "SimpleLine", line)
    return written(root)


def area_style() -> str:
    """Return the style of areas of one kind: pale green, so that the mosaic shows."""
    root, symbols = _single()
    edge = (*AREA[:3], 255)
    _symbol(symbols, "0", "fill", "SimpleFill", _fill(AREA, edge, OUTLINE_MM))
    return written(root)


def rim_style(*, label: str) -> str:
    """Return the style of rims and tiles: white outlines without a fill, labelled by a column."""
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


def _categories(classes: Sequence[ValueClass], column: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=column)
    categories = ET.SubElement(renderer, "categories")
    for index, one in enumerate(classes):
        ET.SubElement(
            categories,
            "category",
            {"symbol": str(index), "value": str(one.value), "label": one.name, "type": "long"},
        )
    return root, ET.SubElement(renderer, "symbols")


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
        fontWeight=BOLD,
        textColor=_rgba(LIGHT),
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=_rgba(DARK),
    )
    ET.SubElement(settings, "placement", placement="1")


def _rgba(color: tuple[int, int, int, int]) -> str:
    return ",".join(map(str, color))
