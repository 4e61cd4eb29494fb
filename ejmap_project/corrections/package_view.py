"""How a correction package shows itself: its QGIS project and its README."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.color import crater_color
from ejmap_geo.maps.qgis_project import GisGroup, GisLayer, project_text
from ejmap_geo.maps.raster_style import class_style
from ejmap_geo.maps.value_table import ValueClass
from ejmap_project.corrections.package_note import (
    POLYGONS,
    TILES,
    PackageNote,
    layer_name,
    mosaic_name,
)
from ejmap_project.files.geopackage import styles_of
from ejmap_project.files.raster_tags import crater_words
from ejmap_project.paths import mask_name

README_TEXT = """\
# Correct the ejecta of {count} crater(s)

Open `corrections.qgs` in QGIS. There are two ways to correct a crater; take one of them for each:

- **Polygons**: select the layer `ejecta_NNNN` of the crater, toggle editing, change, add or delete
  polygons, save. All polygons of the layer together are the ejecta of the crater.
- **Pixels**: edit `mask_NNNN.tif`: 1 is ejecta, 0 is none. Keep its size, CRS and place.
{tiles}
A crater that you leave as it is stays as it is. The whole mask counts as a label: draw its ejecta
wherever you would accept them in a map, and nothing else. Leave `package.json` alone.

| crater | layer | mask |
| --- | --- | --- |
{rows}

Then, with the name of this folder:

    {command}
"""
RANKED = """
The layer `tiles` ranks places by the area that is expected wrong there, the largest first
(`expected_wrong_km2`). Begin with rank 1.
"""


def package_qgis(
    folder: Path,
    craters: Sequence[Crater],
    note: PackageNote,
    basemap: BasemapGrid,
    *,
    has_tiles: bool,
) -> str:
    """Return the QGIS project of a package: polygons to edit on top, the mosaic beneath.

    Args:
        folder: The package, whose GeoPackage is written.
        craters: Its craters.
        note: Where their rasters lie.
        basemap: Grid of the rasters.
        has_tiles: Whether tiles are ranked.
    """
    degrees = geographic_crs(basemap.body)
    styles = styles_of(folder / POLYGONS)

    def layer(name: str, words: str) -> GisLayer:
        return GisLayer(
            name=words,
            source=f"{POLYGONS}|layername={name}",
            kind="Polygon",
            crs=degrees,
            style=styles[name],
        )

    parts: list[GisLayer | GisGroup] = []
    if has_tiles:
        parts.append(layer(TILES, "Look here first"))
    for crater in craters:
        name = layer_name(crater.key)
        parts.append(layer(name, f"{name}: {crater_words(crater)}"))
    return project_text(
        [*parts, *_rasters(craters, basemap, _mosaic_style(folder, craters[0]))],
        title=f"Ejecta to correct on {basemap.body.name}",
        crs=basemap.crs,
        extent=_extent(note, basemap),
    )


def _rasters(
    craters: Sequence[Crater], basemap: BasemapGrid, mosaic: str
) -> Iterator[GisLayer | GisGroup]:
    yield GisGroup(
        name="Masks as pixels",
        parts=[_raster(mask_name(one.key), one, basemap, _mask_style(one)) for one in craters],
        is_shown=False,
        is_open=False,
    )
    around = [_raster(mosaic_name(one.key), one, basemap, mosaic) for one in craters]
    yield GisGroup(name="Mosaic", parts=around, is_open=False)


def _raster(file: str, crater: Crater, basemap: BasemapGrid, style: str) -> GisLayer:
    name = f"{Path(file).stem}: {crater_words(crater)}"
    return GisLayer(name=name, source=file, kind="raster", crs=basemap.crs, style=style)


def _mask_style(crater: Crater) -> str:
    color = crater_color(crater.crater_id, crater.name).opaque
    return class_style([ValueClass(1, str(crater.crater_id), "ejecta", color)])


def _mosaic_style(folder: Path, crater: Crater) -> str:
    beside = (folder / mosaic_name(crater.key)).with_suffix(".qml")
    return beside.read_text(encoding="utf-8")


def _extent(note: PackageNote, basemap: BasemapGrid) -> tuple[float, float, float, float]:
    first = note.craters[0]
    step, west, north = basemap.resolution_m, basemap.transform.c, basemap.transform.f
    left, top = west + first.col * step, north - first.row * step
    return left, top - first.height * step, left + first.width * step, top


def package_readme(craters: Sequence[Crater], project: Path, *, has_tiles: bool) -> str:
    """Return the README of a package.

    Args:
        craters: Its craters.
        project: Folder of the project.
        has_tiles: Whether tiles are ranked.
    """
    rows = "\n".join(
        f"| {crater_words(one)} | `{layer_name(one.key)}` | `{mask_name(one.key)}` |"
        for one in craters
    )
    command = f"{shlex.join(['ejmap', 'import-labels', project.name])} THIS_FOLDER"
    return README_TEXT.format(
        count=len(craters), rows=rows, tiles=RANKED if has_tiles else "", command=command
    )
