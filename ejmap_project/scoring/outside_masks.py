"""Scores of masks that come from outside, in the labelled tiles of a project."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.rasters.raster import basemap_grid_of, read_mask_on
from ejmap_project.basemap import require_any_map
from ejmap_project.errors import SourceError
from ejmap_project.files.azimuthal_mask import read_azimuthal_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths, mask_name
from ejmap_project.progress import Progress
from ejmap_project.published.csv_columns import read_columns
from ejmap_project.scoring.map_scores import own_tiles
from ejmap_project.scoring.tile_counts import TileCounts

# Masks of a run of the published study.
PUBLISHED_NAME = "cylindrical_mask_crater_{}.tif"
CRATER, SPLIT = "crater_id", "split"


class OutsideScores(NamedTuple):
    """What a folder of masks scores.

    Attributes:
        folder: The folder.
        masks: Masks that were found of craters with labelled tiles.
        missing: Keys of craters with labelled tiles and no mask: they count as without ejecta.
        tiles: Labelled tiles that were counted.
        scores: The twenty scores by their columns.
    """

    folder: Path
    masks: int
    missing: tuple[str, ...]
    tiles: int
    scores: Mapping[str, float]


def read_crater_splits(path: Path) -> dict[int, int]:
    """Read which split each crater was held back by.

    Args:
        path: A CSV file with the columns ``crater_id`` and ``split``; craters that are not in it
            are not scored.

    Raises:
        SourceError: If the file is no such table, or has a crater twice.
    """
    remedy = f"give a table of {CRATER} and {SPLIT}"
    table = read_columns(path, whole=[CRATER, SPLIT], unique=[CRATER], remedy=remedy)
    return dict(zip(table[CRATER].tolist(), table[SPLIT].tolist(), strict=True))


def score_outside_masks(
    project: OpenProject,
    folder: Path,
    *,
    splits: Mapping[int, int] | int | None,
    filter_px: int,
    progress: Progress,
) -> OutsideScores:
    """Score a folder of masks in the labelled tiles of a project.

    A crater without a mask in the folder counts as one without ejecta.

    Args:
        project: The project, whose labelled tiles and manual masks are there.
        folder: ``mask_NNNN.tif`` by crater id, masks of a published run, or another project.
        splits: The split whose test tiles the masks' model never saw, the same for all craters or
            one a crater; None takes all tiles as test tiles.
        filter_px: Side of the majority filter that both masks of a tile pass first; 1 is none.
        progress: Told of every crater.

    Raises:
        GeoError: If a mask does not lie on the mosaic, or the side of the filter is even.
        SourceError: If the folder holds no mask of a crater with labelled tiles.
        StepError: If nothing is mapped yet, or labelled tiles or a split are missing.
    """
    require_any_map(project)
    basemap = basemap_grid_of(project.paths.basemap_mosaic, body=project.settings.planet)
    tiles = _tiles_of(project, splits)
    craters = [one for one in project.craters().values() if one.crater_id in tiles]
    counts, missing = TileCounts(), list[str]()
    for done, crater in enumerate(craters):
        progress.update(f"crater {crater.key}", done=done, total=len(craters))
        path = _mask_path(folder, crater)
        if path is None:
            missing.append(crater.key)
        counts.add_crater(
            tiles[crater.crater_id],
            actual=_read(project.paths.manual_mask(crater.key), crater, basemap),
            found=_read(path, crater, basemap),
            basemap=basemap,
            filter_px=filter_px,
        )
    found = len(craters) - len(missing)
    if not found:
        raise SourceError(
            f"{folder} holds no mask of a crater with labelled tiles; name masks mask_NNNN.tif by "
            "crater_id with four digits, or name a project or a run of the published study"
        )
    return OutsideScores(folder, found, tuple(missing), counts.tiles, counts.scores)


def _tiles_of(
    project: OpenProject, splits: Mapping[int, int] | int | None
) -> dict[int, gpd.GeoDataFrame]:
    """Return the usable labelled tiles of each crater by its own split."""
    if not isinstance(splits, Mapping):
        return _usable(own_tiles(project, splits, is_seen=False))
    tiles: dict[int, gpd.GeoDataFrame] = {}
    for split in sorted(set(splits.values())):
        of_split = _usable(own_tiles(project, split, is_seen=False))
        tiles |= {one: of_split[one] for one in of_split if splits.get(one) == split}
    return tiles


def _usable(tiles: gpd.GeoDataFrame) -> dict[int, gpd.GeoDataFrame]:
    usable = tiles[tiles["is_usable"]]
    ids = [int(one) for one in usable["crater_id"].unique().tolist()]
    return {one: gpd.GeoDataFrame(usable[usable["crater_id"] == one]) for one in ids}


def _mask_path(folder: Path, crater: Crater) -> Path | None:
    places: Iterable[Path] = (
        ProjectPaths(folder).basemap_mask(crater.key),
        folder / mask_name(crater.key),
        folder / PUBLISHED_NAME.format(crater.crater_id),
    )
    return next((path for path in places if path.is_file()), None)


def _read(path: Path | None, crater: Crater, basemap: BasemapGrid) -> PlacedMask:
    if path is None or not path.is_file():
        return PlacedMask.empty()
    about = read_azimuthal_mask(path, body=basemap.body, crater=crater)
    if about is None:
        return read_mask_on(path, basemap)
    return mask_to_basemap(about.mask, azimuthal=about.grid, basemap=basemap)
