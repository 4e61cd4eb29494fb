"""What a project maps: mosaic, craters and known ejecta, from whichever source it names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd

from ejmap_geo.craters.catalogue import Crater, read_catalogue
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_basemap, read_mask_on
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.basemap import Basemap
from ejmap_project.errors import SourceError
from ejmap_project.files.planet_files import write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import (
    EjmapFolderSource,
    FilesSource,
    QuicklookSource,
    SyntheticSource,
)
from ejmap_project.sources.nomenclature import named_catalogue
from ejmap_project.sources.published_source import (
    published_basemap,
    published_catalogue,
    published_masks,
)
from ejmap_project.sources.quicklook import read_quicklook


def source_basemap(project: OpenProject, *, tell: Callable[[str], None]) -> Basemap:
    """Return the mosaic that the settings name.

    A synthetic planet is written whole beside the mosaic, so that its craters and their true ejecta
    are of the same planet.

    Raises:
        GeoError: If a file of the user does not fit.
        SourceError: If imagery is not installed.
    """
    settings = project.settings
    match settings.source:
        case SyntheticSource() as source:
            config = PlanetConfig(
                body=settings.planet,
                width_px=source.width_px,
                craters=source.craters,
                bands=1 if source.grey else 3,
            )
            planet = make_planet(config, seed=source.seed, progress=tell)
            write_planet(_planet_folder(project), planet)
            return Basemap(planet.raster, planet.basemap)
        case QuicklookSource():
            return Basemap(*read_quicklook())
        case EjmapFolderSource() as source:
            return published_basemap(project, source)
        case FilesSource() as source:
            return Basemap(
                *read_basemap(
                    project.paths.user_file(source.mosaic),
                    body=settings.planet,
                    bands=settings.trained_bands,
                    value_range=source.value_range,
                )
            )


def source_catalogue(project: OpenProject) -> gpd.GeoDataFrame:
    """Return the crater table that the settings name, checked.

    Raises:
        GeoError: If a file of the user does not fit.
    """
    settings = project.settings
    match settings.source:
        case SyntheticSource():
            return read_catalogue(_planet_folder(project) / "craters.parquet", body=settings.planet)
        case QuicklookSource() as source:
            return named_catalogue(only_rayed=source.only_rayed)
        case EjmapFolderSource() as source:
            return published_catalogue(project, source)
        case FilesSource() as source:
            return read_catalogue(
                project.paths.user_file(source.craters),
                body=settings.planet,
                west_positive=source.west_positive,
            )


def source_masks(
    project: OpenProject, craters: dict[str, Crater], basemap: BasemapGrid
) -> Iterator[tuple[Crater, PlacedMask]]:
    """Yield the known ejecta of each crater that has a mask, one mask in memory at a time.

    Raises:
        GeoError: If a mask does not fit the mosaic.
        SourceError: If the folder of masks is missing, or holds the mask of no crater.
    """
    if isinstance(project.settings.source, EjmapFolderSource):
        yield from published_masks(project, project.settings.source, craters, basemap)
        return
    folder = _mask_folder(project)
    if folder is None:
        return
    found = {key: folder / f"mask_{key}.tif" for key in craters}
    there = {key: path for key, path in found.items() if path.is_file()}
    if not there:
        raise SourceError(
            f"no crater of the catalogue has a mask in {folder}; name the files mask_NNNN.tif by "
            "crater_id with four digits, or take source.masks out of project.yaml"
        )
    for key, path in there.items():
        yield craters[key], read_mask_on(path, basemap)


def _mask_folder(project: OpenProject) -> Path | None:
    match project.settings.source:
        case SyntheticSource():
            return _planet_folder(project) / "masks"
        case QuicklookSource() | EjmapFolderSource():
            return None
        case FilesSource(masks=masks):
            return None if masks is None else project.paths.user_file(masks)


def _planet_folder(project: OpenProject) -> Path:
    return project.paths.basemap_mosaic.parent / "synthetic_planet"
