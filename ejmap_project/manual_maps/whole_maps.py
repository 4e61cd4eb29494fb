"""Whole manual maps: files that show all ejecta of a crater, as far as they go."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import grid_of_mask, mask_to_azimuthal, mask_to_basemap
from ejmap_geo.patterns.rings import farthest_px
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.errors import SourceError
from ejmap_project.files.azimuthal_mask import on_grid, read_azimuthal_mask
from ejmap_project.manual_maps.id_map import read_id_map
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import mask_name
from ejmap_project.sources.kinds import source_of
from ejmap_project.sources.mask_files import wrong_names
from ejmap_project.sources.source import WholeMapFiles


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WholeMap:
    """All ejecta of a crater as a person mapped them.

    Attributes:
        crater: The crater.
        mask: ``(rows, cols)`` on ``grid``.
        grid: Grid about the crater in pixels of the basemap, no wider than the ejecta need.
        placed: The same on the basemap.
        is_independent: Whether it was mapped apart from the masks in labelled tiles, which then can
            be compared with it.
    """

    crater: Crater
    mask: NDArray[np.bool_]
    grid: AzimuthalGrid
    placed: PlacedMask
    is_independent: bool = True


def whole_maps(project: OpenProject, basemap: BasemapGrid) -> Iterator[WholeMap]:
    """Yield the whole manual map of each crater that has one, by rising id.

    Those that ``analysis.manual_maps`` names, else those of a published folder; else the known
    ejecta of the project, where they are known everywhere. A map of ids adds craters that have no
    map of their own.

    Raises:
        GeoError: If a map does not fit the mosaic.
        SourceError: If a map is of no crater.
    """
    craters = project.craters()
    files = map_files(project, craters)
    paths, of_ids = dict(files.by_crater), None
    if files.of_ids is not None:
        known = [one.crater_id for one in craters.values()]
        of_ids = read_id_map(files.of_ids, basemap, known=known)
    elif not paths and project.settings.source.traits.is_known_everywhere:
        paths = {key: project.paths.manual_mask(key) for key in craters}
    for key, crater in sorted(craters.items()):
        path = paths.get(key)
        if path is not None and path.is_file():
            found = _read(path, crater, basemap)
        elif of_ids is not None and crater.crater_id in of_ids.crater_ids:
            found = _of_placed(of_ids.mask(crater.crater_id, basemap), crater, basemap)
        else:
            continue
        apart = files.independent
        yield replace(found, is_independent=apart is None or crater.crater_id in apart)


def named_map_files(project: OpenProject) -> Iterable[Path]:
    """Return the files of whole manual maps that are named, whether they fit or not."""
    stated = project.settings.analysis.manual_maps
    if stated is None:
        return source_of(project).files().whole_maps
    path = project.paths.user_file(stated)
    return path.glob("*.tif") if path.is_dir() else (path,)


def map_files(project: OpenProject, craters: Mapping[str, Crater]) -> WholeMapFiles:
    """Return the files of whole manual maps; none where the known ejecta are taken for them.

    Raises:
        SourceError: If a map is of no crater.
    """
    stated = project.settings.analysis.manual_maps
    if stated is None:
        return source_of(project).whole_maps(craters)
    path = project.paths.user_file(stated)
    if path.is_file():
        return WholeMapFiles(of_ids=path)
    wrong = wrong_names(path, craters.values(), setting="analysis.manual_maps in project.yaml")
    if wrong:
        raise SourceError("; and ".join(wrong))
    return WholeMapFiles({key: path / mask_name(key) for key in craters})


def _read(path: Path, crater: Crater, basemap: BasemapGrid) -> WholeMap:
    about = read_azimuthal_mask(path, body=basemap.body, crater=crater)
    if about is None:
        return _of_placed(read_mask_on(path, basemap), crater, basemap)
    reach_m = farthest_px(about.mask) * about.grid.resolution_m + basemap.resolution_m
    grid = AzimuthalGrid.reaching(
        basemap.body, center=crater.center, resolution_m=basemap.resolution_m, reach_m=reach_m
    )
    mask = on_grid(about, grid)
    placed = mask_to_basemap(mask, azimuthal=grid, basemap=basemap)
    return WholeMap(crater=crater, mask=mask, grid=grid, placed=placed)


def _of_placed(placed: PlacedMask, crater: Crater, basemap: BasemapGrid) -> WholeMap:
    grid = azimuthal_grid(crater, basemap)
    if placed.window is not None:
        grid = grid_of_mask(placed, basemap=basemap, azimuthal=grid)
    mask = mask_to_azimuthal(placed, basemap=basemap, azimuthal=grid)
    return WholeMap(crater=crater, mask=mask, grid=grid, placed=placed)
