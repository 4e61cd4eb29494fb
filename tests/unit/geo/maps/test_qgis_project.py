"""Projects for QGIS: what is in their XML, and what cannot be put into one."""

from xml.etree import ElementTree as ET

import pytest
from pyproj import CRS

from ejmap_geo.errors import StyleError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.crs import equidistant_cylindrical_crs, geographic_crs
from ejmap_geo.maps.qgis_project import GisGroup, GisLayer, project_text, sources_of
from ejmap_geo.maps.raster_style import grey_style
from ejmap_geo.maps.vector_style import point_style

FLAT, DEGREES = equidistant_cylindrical_crs(MERCURY), geographic_crs(MERCURY)
MOSAIC = GisLayer(
    name="Mosaic", source="../m.tif", kind="raster", crs=FLAT, style=grey_style((1, 255))
)
CENTRES = GisLayer(
    name="Centres & names",
    source="./e.gpkg|layername=craters",
    kind="Point",
    crs=DEGREES,
    style=point_style(),
    is_shown=False,
)


def _project(*parts: GisLayer | GisGroup) -> ET.Element:
    text = project_text(parts, title="Ejecta", crs=FLAT, extent=(-2, -1, 2, 1))
    return ET.fromstring(text)  # noqa: S314 - written here


def test_every_layer_of_the_list_is_stored_with_its_style_and_its_sphere() -> None:
    """The list names layers by the ids under which they are stored."""
    root = _project(GisGroup(name="Craters", parts=[CENTRES]), MOSAIC)

    listed = {one.attrib["id"]: one.attrib for one in root.iter("layer-tree-layer")}
    stored = {str(one.findtext("id")): one for one in root.iter("maplayer")}
    assert {*listed} == {*stored}
    assert [one["name"] for one in listed.values()] == ["Centres & names", "Mosaic"]
    assert [one["checked"] for one in listed.values()] == ["Qt::Unchecked", "Qt::Checked"]
    centres, mosaic = stored.values()
    assert centres.find("renderer-v2") is not None
    assert mosaic.find("pipe/rasterrenderer") is not None
    for layer in stored.values():
        ellipsoid = CRS.from_wkt(str(layer.findtext("srs/spatialrefsys/wkt"))).ellipsoid
        assert ellipsoid is not None
        assert ellipsoid.semi_major_metre == MERCURY.radius_m


def test_the_project_is_drawn_and_measured_on_the_sphere_with_paths_from_its_folder() -> None:
    """Its CRS, its ellipsoid, and no absolute path."""
    root = _project(MOSAIC)

    assert CRS.from_wkt(str(root.findtext("projectCrs/spatialrefsys/wkt"))) == FLAT
    assert root.findtext("properties/Measure/Ellipsoid") == "PARAMETER:2439400.0:2439400.0"
    assert root.findtext("properties/Paths/Absolute") == "false"
    view = root.find("ProjectViewSettings/DefaultViewExtent")
    assert view is not None
    assert [view.get(end) for end in ("xmin", "ymin", "xmax", "ymax")] == [
        *("-2.0", "-1.0", "2.0", "1.0")
    ]


def test_the_sources_are_told_from_the_text() -> None:
    """In the order in which they are drawn, from the top."""
    text = project_text(
        [GisGroup(name="Craters", parts=[CENTRES]), MOSAIC],
        title="",
        crs=FLAT,
        extent=(-2, -1, 2, 1),
    )

    assert sources_of(text) == [CENTRES.source, MOSAIC.source]


def test_a_style_that_is_no_xml_is_refused() -> None:
    """A person may have saved another one in its place."""
    with pytest.raises(StyleError, match=r"style of Mosaic is no XML .*; make the map again"):
        _project(
            GisLayer(name="Mosaic", source="m.tif", kind="raster", crs=FLAT, style="<qgis><pipe>")
        )
