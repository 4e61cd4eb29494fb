"""Projects for QGIS: layers in groups, each with its style and CRS, as the XML of a ``.qgs``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from pyproj import CRS

from ejmap_geo.errors import StyleError
from ejmap_geo.maps.raster_style import QGIS_VERSION, written

RASTER = "raster"
Shape = Literal["Point", "Line", "Polygon"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GisLayer:
    """A layer of a project.

    Attributes:
        name: Its name in the list of layers.
        source: Its file, counted from the folder of the project, with ``/``; a layer of a
            GeoPackage is ``FILE|layername=NAME``.
        kind: ``raster``, or what its geometries are.
        crs: Its CRS.
        style: The text of a ``.qml``.
        is_shown: Whether it is ticked in the list.
    """

    name: str
    source: str
    kind: Literal["raster"] | Shape
    crs: CRS
    style: str
    is_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GisGroup:
    """A group of layers and groups, the topmost first.

    Attributes:
        name: Its name in the list of layers.
        parts: What is in it.
        is_shown: Whether it is ticked; without that nothing of it is drawn.
        is_open: Whether the list shows its parts.
    """

    name: str
    parts: Sequence["GisLayer | GisGroup"]
    is_shown: bool = True
    is_open: bool = True


def project_text(
    parts: Sequence[GisLayer | GisGroup],
    *,
    title: str,
    crs: CRS,
    extent: tuple[float, float, float, float],
) -> str:
    """Return the text of a project whose paths count from its own folder.

    Args:
        parts: Layers and groups, the topmost first.
        title: Title of the project.
        crs: CRS in which the map is drawn. Distances and areas are measured on its ellipsoid.
        extent: What the map shows when the project is opened: west, south, east and north in units
            of the CRS.

    Raises:
        StyleError: If the style of a layer is no XML.
    """
    root = ET.Element("qgis", version=QGIS_VERSION, projectname=title)
    ET.SubElement(root, "title").text = title
    _crs(ET.SubElement(root, "projectCrs"), crs)
    # QGIS replaces ids of ten characters and fewer, and then finds no layer of its list.
    ids = {id(layer): f"ejmap_layer_{number:04d}" for number, layer in enumerate(_layers(parts))}
    tree = ET.SubElement(root, "layer-tree-group")
    _tree(tree, parts, ids)
    ET.SubElement(tree, "custom-order", enabled="0")
    _view(root, crs, extent)
    stored = ET.SubElement(root, "projectlayers")
    for layer in _layers(parts):
        _layer(stored, layer, ids[id(layer)])
    _properties(root, crs)
    return written(root)


def sources_of(text: str) -> list[str]:
    """Return the sources of all layers of a project.

    Raises:
        StyleError: If the text is no XML.
    """
    return [one.text or "" for one in _parsed(text, "project").iter("datasource")]


def _layers(parts: Sequence[GisLayer | GisGroup]) -> Iterator[GisLayer]:
    for part in parts:
        if isinstance(part, GisGroup):
            yield from _layers(part.parts)
        else:
            yield part


def _tree(parent: ET.Element, parts: Sequence[GisLayer | GisGroup], ids: dict[int, str]) -> None:
    for part in parts:
        checked = "Qt::Checked" if part.is_shown else "Qt::Unchecked"
        if isinstance(part, GisGroup):
            is_open = str(int(part.is_open))
            group = ET.SubElement(
                parent, "layer-tree-group", name=part.name, checked=checked, expanded=is_open
            )
            _tree(group, part.parts, ids)
        else:
            ET.SubElement(
                parent,
                "layer-tree-layer",
                {
                    "id": ids[id(part)],
                    "name": part.name,
                    "source": part.source,
                    "providerKey": _provider(part),
                    "checked": checked,
                    "expanded": "0",
                },
            )


def _layer(stored: ET.Element, layer: GisLayer, layer_id: str) -> None:
    is_raster = layer.kind == RASTER
    shape = {"type": RASTER} if is_raster else {"type": "vector", "geometry": layer.kind}
    element = ET.SubElement(stored, "maplayer", shape)
    for tag, text in (
        ("id", layer_id),
        ("datasource", layer.source),
        ("layername", layer.name),
        ("provider", _provider(layer)),
    ):
        ET.SubElement(element, tag).text = text
    _crs(ET.SubElement(element, "srs"), layer.crs)
    element.extend(_parsed(layer.style, f"style of {layer.name}"))


def _provider(layer: GisLayer) -> str:
    return "gdal" if layer.kind == RASTER else "ogr"


def _parsed(text: str, what: str) -> ET.Element:
    try:
        return ET.fromstring(text)  # noqa: S314 - a file of the project, which its owner may edit
    except ET.ParseError as error:
        raise StyleError(f"the {what} is no XML ({error}); make the map again") from error


def _crs(parent: ET.Element, crs: CRS) -> None:
    """State a CRS by its definition alone: QGIS knows few codes of planets."""
    system = ET.SubElement(parent, "spatialrefsys", nativeFormat="Wkt")
    ET.SubElement(system, "wkt").text = crs.to_wkt()
    ET.SubElement(system, "description").text = crs.name
    ET.SubElement(system, "geographicflag").text = "true" if crs.is_geographic else "false"


def _view(root: ET.Element, crs: CRS, extent: tuple[float, float, float, float]) -> None:
    settings = ET.SubElement(root, "ProjectViewSettings", UseProjectScales="0")
    ends = zip(("xmin", "ymin", "xmax", "ymax"), extent, strict=True)
    shown = {name: repr(float(value)) for name, value in ends}
    _crs(ET.SubElement(settings, "DefaultViewExtent", shown), crs)


def _properties(root: ET.Element, crs: CRS) -> None:
    properties = ET.SubElement(root, "properties")

    def state(group: str, name: str, kind: str, text: str) -> None:
        found = properties.find(group)
        parent = ET.SubElement(properties, group) if found is None else found
        ET.SubElement(parent, name, type=kind).text = text

    state("Paths", "Absolute", "bool", "false")
    state("SpatialRefSys", "ProjectionsEnabled", "int", "1")
    state("Measurement", "DistanceUnits", "QString", "kilometers")
    state("Measurement", "AreaUnits", "QString", "km2")
    if crs.ellipsoid is not None:
        axes_m = crs.ellipsoid.semi_major_metre, crs.ellipsoid.semi_minor_metre
        state("Measure", "Ellipsoid", "QString", f"PARAMETER:{axes_m[0]!r}:{axes_m[1]!r}")
