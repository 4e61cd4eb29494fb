"""Styles of layers name columns, colours and labels as QGIS reads them."""

from xml.etree import ElementTree as ET

from ejmap_geo.maps.map_classes import crater_classes
from ejmap_geo.maps.vector_style import (
    area_style,
    line_style,
    outline_style,
    point_style,
    rim_style,
)


def _options(style: str) -> list[dict[str, str]]:
    layers = ET.fromstring(style).iter("layer")  # noqa: S314 - written here
    return [
        {
            one.attrib["name"]: one.attrib["value"]
            for one in layer.iter("Option")
            if "name" in one.attrib
        }
        for layer in layers
    ]


def test_each_crater_has_its_colour_half_transparent() -> None:
    """Categories by id point at the symbol of the same place."""
    classes = crater_classes({4: "Kuiper", 9: ""})

    style = outline_style(classes, column="crater_id")

    root = ET.fromstring(style)  # noqa: S314 - written here
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == "crater_id"
    told = [
        (one.get("value"), one.get("label"), one.get("symbol")) for one in root.iter("category")
    ]
    assert told == [("4", "Kuiper", "0"), ("9", "crater 9", "1")]
    for one, options in zip(classes, _options(style), strict=True):
        rgb = ",".join(map(str, one.color[:3]))
        assert options["color"].startswith(f"{rgb},")
        assert options["color"] != options["outline_color"] == f"{rgb},255"


def test_rims_are_circles_without_a_fill_and_named() -> None:
    """Points carry no label: a crater would be named twice."""
    style = rim_style(label="name")

    text = ET.fromstring(style).find("labeling/settings/text-style")  # noqa: S314 - written here
    assert text is not None
    assert text.get("fieldName") == "name"
    assert _options(style)[0]["style"] == "no"
    assert ET.fromstring(point_style()).find("labeling") is None  # noqa: S314 - written here


def test_rays_are_lines_in_the_colour_of_their_crater() -> None:
    """As outlines, but opaque."""
    classes = crater_classes({4: "Kuiper", 9: ""})

    style = line_style(classes, column="crater_id")

    root = ET.fromstring(style)  # noqa: S314 - written here
    symbols = [one.get("type") for one in root.iter("symbol")]
    assert symbols == ["line", "line"]
    for one, options in zip(classes, _options(style), strict=True):
        assert options["line_color"] == ",".join(map(str, one.color))


def test_the_mosaic_shows_through_ground_to_count_on() -> None:
    """Its fill is half transparent, its edge is not."""
    options = _options(area_style())[0]

    assert int(options["color"].rpartition(",")[2]) < 128
    assert options["outline_color"].endswith(",255")
