"""Writing a project's results to a published EJMAP folder, part by part."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_project.errors import ExportError
from ejmap_project.export.analysis import export_analysis
from ejmap_project.export.connections import export_connections
from ejmap_project.export.craters import export_craters
from ejmap_project.export.export import Export
from ejmap_project.export.labels import export_masks, export_tiles
from ejmap_project.export.maps import export_maps
from ejmap_project.export.mosaics import export_azimuthal_mosaics, export_mosaic
from ejmap_project.export.npy_tiles import export_npy_tiles
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.export.scores import export_scores
from ejmap_project.export.weights import export_weights
from ejmap_project.files.merged_folder import merged_folder
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project_folder import command_on

Part = Callable[[Export], list[str]]

PARTS: dict[str, Part] = {
    "craters": export_craters,
    "mosaic": export_mosaic,
    "masks": export_masks,
    "tiles": export_tiles,
    "connections": export_connections,
    "weights": export_weights,
    "map": export_maps,
    "analysis": export_analysis,
    "scores": export_scores,
    "azimuthal-mosaics": export_azimuthal_mosaics,
    "tiles-npy": export_npy_tiles,
}
# As wide as the planet, or a file a tile, once a crater: only for those who ask for them.
LARGE = ("azimuthal-mosaics", "tiles-npy")
USUAL = tuple(name for name in PARTS if name not in LARGE)


def export_project(
    project: OpenProject,
    folder: Path,
    *,
    names: PublishedNames,
    what: Sequence[str] = USUAL,
    force: bool = False,
    tell: Callable[[str], None],
) -> list[str]:
    """Write a project's results to a folder in the published layout, all of them or none.

    Args:
        project: The project.
        folder: Folder to write to; files of other names in it stay.
        names: Numbers and names to publish under.
        what: Names of the parts to write, see :data:`PARTS`.
        force: Replace files that are there.
        tell: Receives a line now and then.

    Returns:
        A sentence for each thing that was left out.

    Raises:
        ExportError: If nothing is made yet, a part is unknown, or a file is there already.
    """
    unknown = [name for name in what if name not in PARTS]
    if unknown:
        raise ExportError(
            f"there is no part {unknown[0]!r} to export; parts are {', '.join(PARTS)}"
        )
    craters = sorted(project.craters().values(), key=lambda crater: crater.crater_id)
    if not craters:
        run = command_on(project.paths.folder, "run")
        raise ExportError(f"{project.paths.folder} has nothing to export yet; make it with {run}")
    notes: list[str] = []
    with merged_folder(folder, force=force) as scratch:
        export = Export(
            project=project,
            craters=tuple(craters),
            basemap=basemap_grid_of(project.paths.basemap_mosaic, body=project.settings.planet),
            names=names,
            scratch=scratch,
            target=folder,
            force=force,
            tell=tell,
        )
        for name, write in PARTS.items():
            if name in what:
                tell(f"writing {name}")
                notes += write(export)
    return notes
