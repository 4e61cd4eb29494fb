"""The map on the sphere of the IAU's code: longitudes and latitudes stay, metres are rescaled."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import rasterio.shutil
from pyproj import CRS

from ejmap_geo.grids.body import Body
from ejmap_geo.rasters.raster import COG_OPTIONS
from ejmap_geo.rasters.raster_file import require_whole
from ejmap_project.errors import ExportError
from ejmap_project.files.geopackage import Geometry, StyledLayer, styles_of, write_geopackage
from ejmap_project.gis_export.map_tables import meanings, read_layers
from ejmap_project.global_map.map_layers import CRATERS, EJECTA, RAYS, RIMS
from ejmap_project.open_project import OpenProject

SIMPLE_CYLINDRICAL = 10
GEOMETRIES: Mapping[str, Geometry] = {
    EJECTA: "MultiPolygon",
    RAYS: "MultiLineString",
    RIMS: "MultiPolygon",
    CRATERS: "Point",
}
SPHERE_TAG = "EJMAP_SPHERE"


def export_iau(project: OpenProject, folder: Path) -> None:
    """Write rasters and layers of the map in the CRSs that ``IAU_2015`` lists.

    Raises:
        ExportError: If the body has no such code, or there is no map yet.
    """
    body, layers = project.settings.planet, read_layers(project)
    degrees, flat, factor = iau_crs(body)
    told = _told(body, degrees, flat, factor)
    paths = project.paths
    for raster, resampling in (
        *((path, "NEAREST") for path in (paths.label_map, paths.overlap_count, paths.composite)),
        *((path, "NEAREST") for path in (paths.overlaps, paths.exclusion_mask)),
        (paths.basemap_mosaic, "AVERAGE"),
    ):
        if raster.is_file():
            _rescaled(raster, folder, flat, factor, overviews=resampling, told=told)
    styles = styles_of(paths.map_layers)
    moved = {name: table.set_crs(degrees, allow_override=True) for name, table in layers.items()}
    write_geopackage(
        folder / paths.map_layers.name,
        [
            StyledLayer(
                name=name,
                table=table,
                geometry=GEOMETRIES[name],
                style=styles[name],
                description=f"{name} in {degrees.name}",
            )
            for name, table in moved.items()
        ],
    )
    moved[EJECTA].to_parquet(folder / paths.ejecta_outlines.name)
    meanings(layers).to_csv(folder / "columns.csv", index=False)
    (folder / "README.txt").write_text(told + "\n", encoding="utf-8")


def iau_crs(body: Body) -> tuple[CRS, CRS, float]:
    """Return longitude and latitude and simple cylindrical of a body, and the factor of radii.

    Raises:
        ExportError: If the registry ``IAU_2015`` lists none.
    """
    if body.iau_code is None:
        raise ExportError(f"IAU_2015 lists no sphere of {body.name}; export in another format")
    degrees = CRS.from_user_input(f"IAU_2015:{body.iau_code}")
    flat = CRS.from_user_input(f"IAU_2015:{body.iau_code + SIMPLE_CYLINDRICAL}")
    radius_m = degrees.ellipsoid.semi_major_metre if degrees.ellipsoid else body.radius_m
    return degrees, flat, radius_m / body.radius_m


def _told(body: Body, degrees: CRS, flat: CRS, factor: float) -> str:
    return (
        f"Longitudes and latitudes are those of the map on a sphere of {body.radius_m:.0f} m. Here "
        f"they are {degrees.name} (IAU_2015:{body.iau_code}) and {flat.name}, on a sphere of "
        f"{factor * body.radius_m:.0f} m: metres of rasters were multiplied by {factor:.9f}. Areas "
        "and lengths in tables are those on the sphere of the map."
    )


def _rescaled(
    raster: Path, folder: Path, flat: CRS, factor: float, *, overviews: str, told: str
) -> None:
    """Copy a raster with its tags, colours and style, its pixels larger by a factor."""
    virtual = folder / f"{raster.stem}.vrt"
    rasterio.shutil.copy(raster, virtual, driver="VRT")
    root = ET.parse(virtual).getroot()  # noqa: S314 - GDAL has just written it
    place, system = root.find("GeoTransform"), root.find("SRS")
    if place is None or system is None:
        raise ExportError(f"{raster} has no place on the planet; make the map again")
    numbers = (repr(float(part) * factor) for part in (place.text or "").split(","))
    place.text, system.text = ", ".join(numbers), flat.to_wkt()
    tags = root.find("Metadata")
    tags = ET.SubElement(root, "Metadata") if tags is None else tags
    ET.SubElement(tags, "MDI", key=SPHERE_TAG).text = told
    ET.ElementTree(root).write(virtual, encoding="utf-8")
    rasterio.shutil.copy(
        virtual, folder / raster.name, **COG_OPTIONS, overview_resampling=overviews
    )
    require_whole(folder / raster.name)
    virtual.unlink()
    for beside in (raster.with_suffix(".qml"), raster.with_name(f"{raster.name}.aux.xml")):
        if beside.is_file():
            shutil.copyfile(beside, folder / beside.name)
