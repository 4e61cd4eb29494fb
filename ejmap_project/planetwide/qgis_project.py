"""The map as a project for QGIS: everything styled, grouped and named, in the CRS of the mosaic."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from pyproj import CRS

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.maps.qgis_project import GisGroup, GisLayer, Shape, project_text, sources_of
from ejmap_geo.maps.raster_style import ramp, ramp_style
from ejmap_geo.whole_file import write_text
from ejmap_project.artefact import Artefact, Checked
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.digest import content_version
from ejmap_project.files.geopackage import styles_of
from ejmap_project.files.raster_tags import crater_words
from ejmap_project.global_map.map_layers import CRATERS, EJECTA, RAYS, RIMS
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.exclusion import BLANKETS, OUTSIDE
from ejmap_project.planetwide.mapped_craters import MappedCraters
from ejmap_project.planetwide.overlaps import BANDS

# QGIS then takes its own.
NO_STYLE = "<qgis/>"
MARGIN_BAND = BANDS.index("margin_percent") + 1


@dataclass(frozen=True, slots=True)
class _Files:
    """Layers of files, named as they lie from the folder of the project for QGIS.

    Attributes:
        folder: That folder.
    """

    folder: Path

    def raster(
        self, path: Path, name: str, crs: CRS, *, style: str = "", is_shown: bool = True
    ) -> GisLayer:
        """Return a raster in a style; without one, in that which lies beside it, if one does."""
        beside = path.with_suffix(".qml")
        stored = beside.read_text(encoding="utf-8") if beside.is_file() else NO_STYLE
        return GisLayer(
            name=name,
            source=self._named(path),
            kind="raster",
            crs=crs,
            style=style or stored,
            is_shown=is_shown,
        )

    def layer(
        self, path: Path, layer: str, name: str, shape: Shape, crs: CRS, *, is_shown: bool = True
    ) -> GisLayer:
        """Return a layer of a GeoPackage in the style that is inside."""
        return GisLayer(
            name=name,
            source=f"{self._named(path)}|layername={layer}",
            kind=shape,
            crs=crs,
            style=styles_of(path)[layer],
            is_shown=is_shown,
        )

    def _named(self, path: Path) -> str:
        return PurePath(os.path.relpath(path, self.folder)).as_posix()


def write_qgis_project(project: OpenProject) -> Artefact:
    """Write a project for QGIS that opens the files of the map where they lie.

    Styles are those that lie beside the rasters and inside the GeoPackages.

    Raises:
        StyleError: If one of them was changed into something that is no XML.
    """
    mapped = MappedCraters.of(project)
    path, grid = project.paths.qgis_project, mapped.grid
    files = _Files(path.parent)
    west, north = grid.transform.c, grid.transform.f
    text = project_text(
        [*_map_groups(mapped, files), _counting(mapped, files), _mosaic(mapped, files)],
        title=f"Ejecta on {grid.body.name}",
        crs=grid.crs,
        extent=(west, -north, -west, north),
    )
    write_text(path, text)
    return Artefact(
        content=content_version(text),
        metadata={"layers": len(sources_of(text)), "path": str(path)},
    )


def check_qgis_project(project: OpenProject) -> Checked:
    """Check that the files of all layers are there.

    Raises:
        StyleError: If the project is no XML.
    """
    path = project.paths.qgis_project
    named = [one.partition("|")[0] for one in sources_of(path.read_text(encoding="utf-8"))]
    missing = sorted({one for one in named if not (path.parent / one).is_file()})
    fault = (
        f"{len(missing)} file(s) of the QGIS project are missing, such as {missing[0]}; "
        "materialise qgis_project again"
        if missing
        else ""
    )
    return Checked(fault, {"layers": len(named), "missing_files": len(missing)})


def _map_groups(mapped: MappedCraters, files: _Files) -> Iterator[GisGroup]:
    paths, grid = mapped.project.paths, mapped.grid
    flat, degrees, layers = grid.crs, geographic_crs(grid.body), paths.map_layers
    yield GisGroup(
        name="Craters",
        parts=[
            files.layer(layers, RIMS, "Rims and names", "Polygon", degrees),
            files.layer(layers, CRATERS, "Centres", "Point", degrees, is_shown=False),
        ],
    )
    yield GisGroup(
        name="Ejecta",
        parts=[
            files.layer(layers, RAYS, "Rays", "Line", degrees),
            files.layer(layers, EJECTA, "Outlines", "Polygon", degrees),
            files.raster(paths.composite, "Colours of craters", flat, is_shown=False),
            files.raster(paths.label_map, "Crater ids", flat, is_shown=False),
        ],
    )
    yield GisGroup(
        name="Overlaps",
        is_shown=False,
        is_open=False,
        parts=[
            files.raster(paths.overlaps, "Contested ground", flat),
            files.raster(paths.overlap_count, "Number of craters", flat, is_shown=False),
        ],
    )
    told = paths.uncertainty
    # Published masks have no probabilities.
    is_told = told.is_file()
    wrong = [files.raster(told, "Probability that the map is wrong", flat)] if is_told else []
    margin = ramp_style(ramp(0, 100, unit=" %"), band=MARGIN_BAND)
    named = "Margin between the two surest craters"
    yield GisGroup(
        name="Uncertainty",
        is_shown=False,
        is_open=False,
        parts=[
            *wrong,
            files.raster(paths.overlaps, named, flat, style=margin, is_shown=not is_told),
            *_of_craters(
                mapped,
                files,
                "Mask at the promised recall, by crater",
                paths.promised_recall_mask,
                lambda _: flat,
            ),
            *_of_craters(
                mapped,
                files,
                "Probability, by crater",
                paths.segmentation,
                lambda crater: azimuthal_grid(crater, grid).crs,
            ),
        ],
    )


def _counting(mapped: MappedCraters, files: _Files) -> GisGroup:
    paths, degrees = mapped.project.paths, geographic_crs(mapped.grid.body)
    areas = paths.counting_areas
    return GisGroup(
        name="Where to count craters",
        is_shown=False,
        is_open=False,
        parts=[
            files.layer(areas, BLANKETS, "Clean blankets", "Polygon", degrees),
            files.layer(areas, OUTSIDE, "Ground outside of ejecta", "Polygon", degrees),
            files.raster(paths.exclusion_mask, "Ground not to count on", mapped.grid.crs),
        ],
    )


def _mosaic(mapped: MappedCraters, files: _Files) -> GisLayer:
    return files.raster(mapped.project.paths.basemap_mosaic, "Mosaic", mapped.grid.crs)


def _of_craters(
    mapped: MappedCraters,
    files: _Files,
    name: str,
    path_of: Callable[[str], Path],
    crs_of: Callable[[Crater], CRS],
) -> Iterator[GisGroup]:
    """Yield a group with a raster of each crater that has one; nothing where none has."""
    found = [
        files.raster(path, crater_words(crater), crs_of(crater))
        for crater in mapped.craters.values()
        if (path := path_of(crater.key)).is_file()
    ]
    if found:
        yield GisGroup(name=name, parts=found, is_shown=False, is_open=False)
