"""The rasters of the map with labels of the Planetary Data System (PDS4), written by GDAL.

Each raster is a GeoTIFF without compression, which the label describes byte by byte.
"""

from pathlib import Path

import rasterio.shutil

from ejmap_geo.grids.body import Body
from ejmap_geo.rasters.raster_file import require_whole
from ejmap_project.errors import ExportError
from ejmap_project.gis_export.map_tables import nothing_to_export
from ejmap_project.open_project import OpenProject

# PDS4 asks for mission, instrument and their identifiers, which an archive gives.
UNSTATED = "Unknown"
SMALL_BODIES = {"Ceres": "Dwarf Planet", "Vesta": "Asteroid"}
PLANETS = ("Mercury", "Mars")
README = """\
Labels of PDS4 as GDAL writes them (information model 1.16) for a GeoTIFF each. Investigation and
observing system are "{unstated}": fill them in, and give your own logical identifiers, before you
submit to an archive. The labels were not validated against the schemas of PDS, which no package
ships; `validate` of NASA does that.
"""


def export_pds4(project: OpenProject, folder: Path) -> None:
    """Write label map, overlap count, composite, and exclusion mask if there is one.

    Raises:
        ExportError: If there is no map yet.
    """
    paths, body = project.paths, project.settings.planet
    if not paths.label_map.is_file():
        raise ExportError(nothing_to_export(project))
    titles = {
        paths.label_map: "Ids of craters whose ejecta were mapped",
        paths.overlap_count: "Number of craters that claim a pixel",
        paths.composite: "Ejecta in colours of their craters",
        paths.exclusion_mask: "Where not to count craters",
    }
    for raster, title in titles.items():
        if raster.is_file():
            write_pds4(raster, folder / f"{raster.stem}.xml", title=title, body=body)
    (folder / "README.txt").write_text(README.format(unstated=UNSTATED), encoding="utf-8")


def write_pds4(raster: Path, label: Path, *, title: str, body: Body) -> None:
    """Write a label and, beside it, the raster that it describes.

    Args:
        raster: A raster of the map.
        label: The label, ``.xml``; the raster gets its name with ``.tif``.
        title: What the raster holds.
        body: The body that was mapped.
    """
    told = {
        "VAR_TITLE": f"{title}, {body.name}",
        "VAR_LOGICAL_IDENTIFIER": f"urn:nasa:pds:ejmap:map:{label.stem}",
        "VAR_TARGET": body.name,
        "VAR_TARGET_TYPE": _target_type(body),
        "VAR_INVESTIGATION_AREA_NAME": UNSTATED,
        "VAR_INVESTIGATION_AREA_LID_REFERENCE": UNSTATED,
        "VAR_OBSERVING_SYSTEM_NAME": UNSTATED,
    }
    rasterio.shutil.copy(raster, label, driver="PDS4", IMAGE_FORMAT="GEOTIFF", **told)
    require_whole(label.with_suffix(".tif"))
    written = label.read_text(encoding="utf-8")
    # rasterio hands values of options on in capitals, and identifiers of PDS4 are in small letters.
    for value in told.values():
        written = written.replace(f">{value.upper()}<", f">{value}<")
    label.write_text(written, encoding="utf-8")


def _target_type(body: Body) -> str:
    """Return what PDS4 calls a body of this kind."""
    if body.name in PLANETS:
        return "Planet"
    return SMALL_BODIES.get(body.name, "Satellite")
