"""Styles are XML that names values, colours and labels as QGIS reads them."""

from pathlib import Path
from xml.etree import ElementTree as ET

from ejmap_geo.maps.raster_style import (
    class_style,
    color_style,
    mosaic_style,
    ramp,
    ramp_style,
    write_style,
)
from ejmap_geo.maps.value_table import ValueClass


def _renderer(style: str) -> ET.Element:
    found = ET.fromstring(style).find("pipe/rasterrenderer")  # noqa: S314 - written here
    assert found is not None
    return found


def test_classes_have_a_colour_and_a_label_each() -> None:
    """Alpha 0 stays transparent."""
    style = class_style(
        [ValueClass(3, "3", "A & B", (255, 0, 128, 255)), ValueClass(9, "", "none", (0, 0, 0, 0))]
    )

    renderer = _renderer(style)
    assert renderer.get("type") == "paletted"
    entries = [dict(one.attrib) for one in renderer.iter("paletteEntry")]
    assert entries == [
        {"value": "3", "color": "#ff0080", "alpha": "255", "label": "A & B"},
        {"value": "9", "color": "#000000", "alpha": "0", "label": "none"},
    ]


def test_a_ramp_of_percent_runs_from_transparent_to_dark() -> None:
    """In four equal steps, labelled with the unit."""
    renderer = _renderer(ramp_style(ramp(0, 100, unit=" %"), band=2))

    assert (renderer.get("type"), renderer.get("band")) == ("singlebandpseudocolor", "2")
    items = list(renderer.iter("item"))
    assert [one.get("label") for one in items] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    assert [one.get("alpha") for one in items] == ["0", *["255"] * 4]


def test_mosaics_are_colour_from_three_bands_on() -> None:
    """One or two bands are grey; 0 is never black, because it means not imaged."""
    assert _renderer(mosaic_style(3)).get("type") == "multibandcolor"
    assert _renderer(mosaic_style(2)).get("type") == "singlebandgray"
    assert [one.text for one in _renderer(mosaic_style(1)).iter("minValue")] == ["1"]
    assert _renderer(color_style(alpha_band=4)).get("alphaBand") == "4"


def test_a_style_lies_beside_its_raster(tmp_path: Path) -> None:
    """Under the name by which QGIS looks for it."""
    write_style(tmp_path / "label_map.tif", mosaic_style(1))

    assert [file.name for file in tmp_path.iterdir()] == ["label_map.qml"]
