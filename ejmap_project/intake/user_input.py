"""The user's files, checked all together before anything is computed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from ejmap_geo.craters.catalogue import Crater, craters_of, read_catalogue
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import basemap_grid_of, mask_window_of
from ejmap_geo.tiles.tile_locations import read_tile_locations
from ejmap_project.errors import SourceError
from ejmap_project.intake.published_check import check_published
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.settings.project import EjmapFolderSource, FilesSource, Project, ProjectPaths

MASK_NAMES = "mask_*.tif"

Result = TypeVar("Result")


def check_user_input(project: Project, paths: ProjectPaths) -> list[str]:
    """Check mosaic, crater table, masks and tile locations of a project, but for their pixels.

    Args:
        project: Settings; sources that come with the package have nothing to check.
        paths: Where relative paths count from.

    Returns:
        A sentence for each thing that is accepted but changed on reading.

    Raises:
        SourceError: With one sentence for each thing that is wrong.
    """
    source = project.source
    if isinstance(source, EjmapFolderSource):
        mosaic = None if source.mosaic is None else paths.user_file(source.mosaic)
        published = PublishedFolder.at(paths.user_file(source.folder))
        return check_published(published, body=project.planet, mosaic=mosaic)
    if not isinstance(source, FilesSource):
        return []
    wrong: list[str] = []
    catalogue = _attempt(
        wrong,
        lambda: read_catalogue(
            paths.user_file(source.craters),
            body=project.planet,
            west_positive=source.west_positive,
        ),
    )
    basemap = _attempt(
        wrong,
        lambda: basemap_grid_of(
            paths.user_file(source.mosaic),
            body=project.planet,
            bands=project.trained_bands,
            value_range=source.value_range,
        ),
    )
    if source.masks is not None:
        folder = paths.user_file(source.masks)
        if catalogue is not None:
            wrong += _mask_names(folder, craters_of(catalogue))
        if basemap is not None:
            _check_masks(wrong, folder, basemap)
    if source.tiles is not None and basemap is not None:
        _attempt(
            wrong, partial(read_tile_locations, paths.user_file(source.tiles), basemap=basemap)
        )
    if wrong:
        raise SourceError("; and ".join(wrong))
    return [] if catalogue is None else list(catalogue.attrs["notes"])


def _attempt(wrong: list[str], read: Callable[[], Result]) -> Result | None:
    # All mistakes are told at once, so that nobody mends them one run at a time.
    try:
        return read()
    except GeoError as error:
        wrong.append(str(error))
        return None


def _check_masks(wrong: list[str], folder: Path, basemap: BasemapGrid) -> None:
    for path in sorted(folder.glob(MASK_NAMES)):
        _attempt(wrong, partial(mask_window_of, path, basemap))


def _mask_names(folder: Path, craters: list[Crater]) -> list[str]:
    if not folder.is_dir():
        return [f"the folder of masks {folder} does not exist; correct source.masks"]
    expected = {f"mask_{crater.key}.tif" for crater in craters}
    found = {path.name for path in folder.glob(MASK_NAMES)}
    if not found & expected:
        rule = "name masks mask_NNNN.tif by crater_id with four digits"
        return [f"{folder} holds no mask of a crater in the table; {rule}"]
    strangers = sorted(found - expected)
    if strangers:
        named = ", ".join(strangers[:4])
        remedy = "add the craters or move the files away"
        return [f"{folder} holds masks of craters that are not in the table ({named}); {remedy}"]
    return []
