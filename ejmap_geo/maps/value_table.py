"""The raster attribute table beside a raster of classes: what each value means, and its colour."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ejmap_geo.whole_file import whole_file

# Of GDAL's data model: types of fields, and what a field is used for.
INTEGER, TEXT = 0, 2
GENERIC, NAME, VALUE, RED, GREEN, BLUE, ALPHA = 0, 2, 5, 6, 7, 8, 9
COLUMNS = (
    ("value", INTEGER, VALUE),
    ("crater_id", TEXT, GENERIC),
    ("name", TEXT, NAME),
    ("red", INTEGER, RED),
    ("green", INTEGER, GREEN),
    ("blue", INTEGER, BLUE),
    ("alpha", INTEGER, ALPHA),
)


class ValueClass(NamedTuple):
    """A value of a raster of classes.

    Attributes:
        value: The stored number.
        crater_id: Id of the crater that it stands for; empty for a code.
        name: What it means.
        color: Red, green, blue and alpha, 0 to 255 each.
    """

    value: int
    crater_id: str
    name: str
    color: tuple[int, int, int, int]


def write_value_table(raster: Path, classes: Sequence[ValueClass]) -> None:
    """Write the attribute table of the first band of a raster, whole or not at all.

    It lies in ``NAME.tif.aux.xml``, from which GDAL and QGIS take it: a GeoTIFF cannot hold one.

    Args:
        raster: The raster; it need not exist yet.
        classes: Its values, in the order in which they are listed.
    """
    root = ET.Element("PAMDataset")
    band = ET.SubElement(root, "PAMRasterBand", band="1")
    table = ET.SubElement(band, "GDALRasterAttributeTable", tableType="thematic")
    for index, (name, kind, usage) in enumerate(COLUMNS):
        field = ET.SubElement(table, "FieldDefn", index=str(index))
        for tag, value in (("Name", name), ("Type", kind), ("Usage", usage)):
            ET.SubElement(field, tag).text = str(value)
    for index, one in enumerate(classes):
        row = ET.SubElement(table, "Row", index=str(index))
        for cell in (one.value, one.crater_id, one.name, *one.color):
            ET.SubElement(row, "F").text = str(cell)
    ET.indent(root)
    with whole_file(raster.with_name(f"{raster.name}.aux.xml")) as unfinished:
        ET.ElementTree(root).write(unfinished, encoding="utf-8")
