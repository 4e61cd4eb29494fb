"""Where the tiles come from by which a catalogue is vetted: a mosaic, tables, pictures."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, craters_of, read_catalogue
from ejmap_geo.craters.crater_free import crater_free_places
from ejmap_geo.craters.local_tiles import LocalTiles, TilePlace, cut_tiles
from ejmap_geo.craters.tile_regions import FOLDS, RegionFold, fits_into_block, region_folds
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.basemap import Basemap, read_project_basemap
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.vetting import VettingSettings
from ejmap_project.vetting.vetting_choice import (
    classifier_config,
    classifier_version,
    required_vetting,
)
from ejmap_project.vetting.vetting_tiles import (
    CATALOGUE,
    CRATER_FREE,
    IS_CRATER,
    IS_OTHER,
    LISTED,
    NO_CRATER_ID,
    NOT_KNOWN,
    PICTURE,
    VettingTiles,
)

FEWEST_OF_A_CLASS = 5
FEWEST_PX_ACROSS = 4.0
LEAST_VALID_SHARE = 0.5
STRIP_ROWS = 512


class Spot(NamedTuple):
    """A place of the mosaic that gets a tile."""

    place: TilePlace
    kind: str
    label: int
    crater_id: int = NO_CRATER_ID
    name: str = ""


def place_of(crater: Crater, vetting: VettingSettings) -> TilePlace:
    """Return what the tile of a crater is centred on."""
    return TilePlace(
        center=crater.center, radius_m=crater.radius_m, side_diameters=vetting.side_diameters
    )


def place_of_row(row: Mapping[Hashable, Any]) -> TilePlace:
    """Return what the tile of a row of the table is centred on."""
    return TilePlace(
        center=LonLat(float(row["lon_deg"]), float(row["lat_deg"])),
        radius_m=float(row["radius_m"]),
        side_diameters=float(row["side_diameters"]),
    )


def why_not(place: TilePlace, basemap: BasemapGrid) -> str:
    """Return why a crater cannot be judged; nothing if its size allows it."""
    if 2 * place.radius_m < FEWEST_PX_ACROSS * basemap.resolution_m:
        return f"less than {FEWEST_PX_ACROSS:g} pixels across"
    if not fits_into_block(place, body=basemap.body):
        return "its tile is wider than a region"
    return ""


def gather_tiles(project: OpenProject) -> VettingTiles:
    """Cut the tiles of the catalogue, of what is learnt from, and of crater-free places.

    Raises:
        GeoError: If the table of craters does not fit.
        MlError: If a picture cannot be read.
        StepError: If the catalogue is not vetted, there is too little to learn from, or pictures
            are lit otherwise than the mosaic.
    """
    vetting = required_vetting(project)
    basemap = read_project_basemap(project)
    side_px = classifier_config(project, classifier_version(project)).side_px
    spots = _spots(project, vetting, basemap.grid)
    tiles = cut_tiles(
        _grey(basemap),
        [spot.place for spot in spots],
        basemap=basemap.grid,
        light_azimuth_deg=vetting.light_azimuth_deg,
        nodata=0,
        side_px=side_px,
    )
    is_seen = tiles.valid_share >= LEAST_VALID_SHARE
    seen = [spot for spot, is_one in zip(spots, is_seen.tolist(), strict=True) if is_one]
    gathered = _on_the_ground(tiles.chosen(is_seen), seen, basemap=basemap.grid, vetting=vetting)
    if vetting.pictures is not None:
        gathered = _with_pictures(gathered, project, vetting, side_px=side_px)
    _require_enough(gathered.label)
    return gathered


def _spots(project: OpenProject, vetting: VettingSettings, basemap: BasemapGrid) -> list[Spot]:
    """Return the places in the order: catalogue, table that is learnt from, crater-free."""
    rng = np.random.default_rng(vetting.seed)
    catalogue = list(project.craters().values())
    listed = _listed(project, vetting)
    known = [place_of(crater, vetting) for crater in [*catalogue, *listed]]
    fits = np.array([not why_not(place, basemap) for place in known], np.bool_)
    # The craters that are learnt from, or whose size and neighbourhood is.
    able = np.flatnonzero(fits)
    able = able[able >= len(catalogue)] if listed else able
    drawn = np.sort(rng.permutation(able)[: vetting.most_craters])
    free = crater_free_places(known, body=basemap.body, rng=rng, matched=drawn.tolist())
    labels = np.full(len(known), NOT_KNOWN)
    labels[drawn] = IS_CRATER if vetting.pictures is None else NOT_KNOWN
    spots = [
        Spot(known[number], CATALOGUE, int(labels[number]), crater.crater_id, crater.name)
        for number, crater in enumerate(catalogue)
        if fits[number]
    ]
    spots += [
        Spot(known[number], LISTED, IS_CRATER, name=listed[number - len(catalogue)].name)
        for number in drawn.tolist()
        if number >= len(catalogue)
    ]
    other = IS_OTHER if vetting.pictures is None else NOT_KNOWN
    spots += [
        Spot(place, CRATER_FREE, other)
        for place in free.places
        if fits_into_block(place, body=basemap.body)
    ]
    return spots


def _listed(project: OpenProject, vetting: VettingSettings) -> list[Crater]:
    if vetting.craters is None:
        return []
    path = project.paths.user_file(vetting.craters)
    return craters_of(
        read_catalogue(path, body=project.settings.planet, west_positive=vetting.west_positive)
    )


def _grey(basemap: Basemap) -> NDArray[np.uint8]:
    """Return the mean of the bands; in strips, because the published mosaic fills gigabytes."""
    if len(basemap.raster) == 1:
        return basemap.raster[0]
    grey = np.empty(basemap.grid.shape, np.uint8)
    for top in range(0, len(grey), STRIP_ROWS):
        strip = basemap.raster[:, top : top + STRIP_ROWS]
        grey[top : top + STRIP_ROWS] = np.rint(strip.mean(axis=0))
    return grey


def _on_the_ground(
    tiles: LocalTiles, spots: Sequence[Spot], *, basemap: BasemapGrid, vetting: VettingSettings
) -> VettingTiles:
    places = [spot.place for spot in spots]
    folds = region_folds(places, body=basemap.body)
    lon_deg, lat_deg = np.array([place.center for place in places]).reshape(-1, 2).T
    columns: dict[str, object] = {
        "kind": [spot.kind for spot in spots],
        "label": np.array([spot.label for spot in spots], np.int64),
        "crater_id": np.array([spot.crater_id for spot in spots], np.int64),
        "name": [spot.name for spot in spots],
        "lon_deg": lon_deg,
        "lat_deg": lat_deg,
        "radius_m": np.array([place.radius_m for place in places], np.float64),
        "side_diameters": vetting.side_diameters,
        "light_azimuth_deg": _or_nan(vetting.light_azimuth_deg),
        "valid_share": tiles.valid_share.astype(np.float64),
        **_fold_columns(folds, count=len(places)),
    }
    points = gpd.points_from_xy(lon_deg, lat_deg)
    table = gpd.GeoDataFrame(columns, geometry=points, crs=geographic_crs(basemap.body))
    return VettingTiles(tiles=tiles, table=table)


def _fold_columns(folds: Sequence[RegionFold], *, count: int) -> dict[str, object]:
    fold = np.zeros(count, np.int64)
    columns: dict[str, object] = {"fold": fold}
    for number, part in enumerate(folds):
        fold[part.tests] = number
        columns[f"trains_{number}"] = np.isin(np.arange(count), part.trains)
    return columns


def _with_pictures(
    ground: VettingTiles, project: OpenProject, vetting: VettingSettings, *, side_px: int
) -> VettingTiles:
    from ejmap_ml.errors import SampleError
    from ejmap_ml.sgan.data import require_light
    from ejmap_ml.sgan.image_folder import read_image_folder

    assert vetting.pictures is not None  # noqa: S101 - asked by the caller
    folder = read_image_folder(
        project.paths.user_file(vetting.pictures),
        side_px=side_px,
        light_from_deg=vetting.pictures_light_from_deg,
    )
    if vetting.crater_class not in folder.classes:
        raise StepError(
            f"{vetting.pictures} holds {', '.join(folder.classes)}, but no {vetting.crater_class}; "
            "set vetting.crater_class to the sub-folder of craters"
        )
    try:
        require_light(
            folder.tiles, light_from_deg=ground.tiles.light_from_deg, any_light=vetting.any_light
        )
    except SampleError as error:
        raise StepError(
            f"{vetting.pictures} cannot teach about this mosaic: their light "
            f"({_light_words(vetting.pictures_light_from_deg)}) must be known where the mosaic's "
            "is, and come from a side of the picture, to within 15 degrees; set "
            "vetting.pictures_light_from_deg, turn the pictures, or set vetting.any_light at the "
            "price of right scores"
        ) from error
    is_crater = folder.label == folder.classes.index(vetting.crater_class)
    fold = np.random.default_rng(vetting.seed).permutation(len(is_crater)) % FOLDS
    rows = pd.DataFrame(
        {
            "kind": PICTURE,
            "label": np.where(folder.label < 0, NOT_KNOWN, is_crater.astype(np.int64)),
            "crater_id": NO_CRATER_ID,
            "name": [path.name for path in folder.paths],
            "light_azimuth_deg": _or_nan(vetting.light_azimuth_deg),
            "valid_share": 1.0,
            "fold": fold,
            **{f"trains_{number}": fold != number for number in range(FOLDS)},
        }
    )
    table = gpd.GeoDataFrame(
        pd.concat([ground.table, rows], ignore_index=True), crs=ground.table.crs
    )
    parts = ground.tiles, folder.tiles
    joined = replace(
        ground.tiles,
        values=np.concatenate([tiles.values for tiles in parts]),  # noqa: PD011 - no pandas
        valid_share=np.concatenate([tiles.valid_share for tiles in parts]),
    )
    return VettingTiles(tiles=joined, table=table)


def _light_words(light_from_deg: float | None) -> str:
    return "not known" if light_from_deg is None else f"{light_from_deg:g} degrees"


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _require_enough(label: NDArray[np.int64]) -> None:
    craters, others = int((label == IS_CRATER).sum()), int((label == IS_OTHER).sum())
    if min(craters, others) < FEWEST_OF_A_CLASS:
        raise StepError(
            f"{craters} craters and {others} crater-free places can be learnt from, but "
            f"{FEWEST_OF_A_CLASS} of each are the least and hundreds are better; name a larger "
            "table as vetting.craters, or a folder as vetting.pictures"
        )
