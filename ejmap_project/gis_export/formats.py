"""The forms in which the map can be exported for other programs."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ejmap_project.files.merged_folder import merged_folder
from ejmap_project.gis_export.iau_sphere import export_iau
from ejmap_project.gis_export.jmars import export_jmars
from ejmap_project.gis_export.pds4 import export_pds4
from ejmap_project.gis_export.shapefiles import export_shapefiles
from ejmap_project.open_project import OpenProject

FORMATS: Mapping[str, Callable[[OpenProject, Path], None]] = {
    "shapefile": export_shapefiles,
    "jmars": export_jmars,
    "iau": export_iau,
    "pds4": export_pds4,
}


def export_map(project: OpenProject, folder: Path, *, form: str, force: bool = False) -> list[str]:
    """Write the map to a folder in one of :data:`FORMATS`, all of it or nothing.

    Args:
        project: The project.
        folder: Folder to write to; files of other names in it stay.
        form: Name of the format.
        force: Replace files that are there.

    Returns:
        The names of the files.

    Raises:
        ExportError: If there is no map yet, or a file is there already.
    """
    with merged_folder(folder, force=force) as scratch:
        FORMATS[form](project, scratch)
        return sorted(path.name for path in scratch.iterdir())
