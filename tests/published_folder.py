"""A small folder in the exact layout of the published EJMAP data, made of a synthetic planet.

Written with plain rasterio, geopandas and numpy, from what is known of the published files, so that
the readers and the exporter of the package are tested against something that they did not make.
"""

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS, Geod
from shapely.geometry import Polygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_geo.tiles.tiling import Tile, labelled_tiles
from tests.published_fixture import (
    PLACEHOLDER,
    RADIUS_M,
    TILE_PX,
    PublishedFixture,
    made_folder,
    write_azimuthal_raster,
    write_crop,
    write_cylindrical_raster,
)
from tests.published_models import write_hyperparameters, write_metrics, write_models
from tests.published_results import write_mapping, write_masks

NAMES = {0: "Hokusai", 3: "Han Kan", 12: "Debussy", 210: None}
UNLABELLED = 210


def make_published_folder(
    path: Path, *, width_px: int = 360, seed: int = 0, models: bool = False
) -> PublishedFixture:
    """Write a complete published folder of a synthetic planet.

    It has four craters: FID 0 first, two of them with ejecta across the antimeridian, one next to
    a pole, and one that nobody labelled.

    Args:
        path: Folder to make.
        width_px: Columns of the mosaic.
        seed: Seed of the planet.
        models: Whether to write checkpoints and norms, which takes torch and some seconds.
    """
    planet = _planet(width_px, seed)
    half_px = int(math.pi * RADIUS_M / round(planet.basemap.resolution_m, 8))
    made = PublishedFixture(
        folder=path, planet=planet, half_px=half_px, rectangles=_rectangles(planet)
    )
    _write_craters(made)
    _write_mosaics(made)
    _write_cylindrical(made)
    _write_azimuthal(made)
    write_mapping(made)
    write_masks(made)
    write_metrics(made)
    write_hyperparameters(made)
    if models:
        write_models(made)
    return made


def _planet(width_px: int, seed: int) -> Planet:
    config = PlanetConfig(width_px=width_px, craters=4, old_craters=300, bright_spots=60)
    made = make_planet(config, seed=seed)
    fids = dict(zip((crater.crater_id for crater in made.craters), NAMES, strict=True))
    craters = tuple(
        Crater(
            crater_id=fids[crater.crater_id],
            name=NAMES[fids[crater.crater_id]] or "",
            center=crater.center,
            radius_m=crater.radius_m,
            labelled=fids[crater.crater_id] != UNLABELLED,
        )
        for crater in made.craters
    )
    truth = {fids[one]: mask for one, mask in made.truth.items()}
    return Planet(raster=made.raster, basemap=made.basemap, craters=craters, truth=truth)


def _rectangles(planet: Planet) -> dict[int, Window]:
    """Return a labelled tile on each crater, and six elsewhere; numbers have gaps."""
    rows, cols = planet.basemap.shape
    middles = [planet.basemap.position(crater.center) for crater in planet.craters]
    places = [(int(row) - 4, int(col) + 2) for row, col in middles]
    places += [(rows // 5 * down, cols // 3 * right) for down in (1, 3) for right in range(3)]
    return {
        3 * number + 1: Window(
            row=min(max(row, 0), rows - TILE_PX),
            col=min(max(col, 0), cols - TILE_PX),
            height=TILE_PX,
            width=TILE_PX,
        )
        for number, (row, col) in enumerate(places)
    }


def _write_craters(made: PublishedFixture) -> None:
    craters = made.planet.craters
    rims = [_rim(crater) for crater in craters]
    table = gpd.GeoDataFrame(
        {
            "crat_FID": [crater.crater_id for crater in craters],
            "Name": [NAMES[crater.crater_id] for crater in craters],
            "train": [int(crater.labelled) for crater in craters],
            "center_lon": [crater.center.lon_deg for crater in craters],
            "center_lat": [crater.center.lat_deg for crater in craters],
            "radius": [crater.radius_m for crater in craters],
        },
        geometry=rims,
        crs=CRS.from_user_input("ESRI:104974"),
    )
    folder = made_folder(made.data / "ejc_data")
    table.to_file(folder / "fresh_craters.shp")


def _rim(crater: Crater) -> Polygon:
    geod = Geod(a=RADIUS_M, b=RADIUS_M)
    azimuths = np.linspace(0, 360, 73)[:-1]
    full = np.full(azimuths.size, 1.0)
    lon, lat, _ = geod.fwd(
        full * crater.center.lon_deg,
        full * crater.center.lat_deg,
        azimuths,
        full * crater.radius_m,
    )
    return Polygon(zip(lon, lat, strict=True))


def _write_mosaics(made: PublishedFixture) -> None:
    folder = made_folder(made.data / "mosaics")
    write_cylindrical_raster(folder / "cylindrical_mosaic.tif", made.planet.raster, made, nodata=0)
    for crater in made.planet.craters:
        bands = to_azimuthal(
            made.planet.raster, basemap=made.planet.basemap, azimuthal=made.azimuthal(crater)
        )
        name = f"azimuthal_mosaic_crater_{crater.crater_id}.tif"
        write_azimuthal_raster(folder / name, bands, made, crater)


def _write_cylindrical(made: PublishedFixture) -> None:
    folder = made_folder(made.data / "cyl_data")
    every = np.zeros(made.planet.basemap.shape, np.bool_)
    for crater in made.labelled:
        mask = made.manual_mask(crater)
        every |= mask
        name = f"mask_crater_{crater.crater_id}.tif"
        write_cylindrical_raster(folder / name, mask[None].astype(np.uint8), made)
        _positions(made.rectangles, "mask_crater_0.tif").assign(
            num_1=[int(mask[window.slices].sum()) for window in made.rectangles.values()]
        ).to_csv(folder / f"positions_crater_{crater.crater_id}.csv", index_label="pos_index")
    folder = made_folder(made.data / "ejc_data")
    write_cylindrical_raster(folder / "human_mask.tif", every[None].astype(np.uint8), made)
    _positions(made.rectangles, "human_mask.tif").to_csv(
        folder / "human_positions.csv", index_label="pos_index"
    )


def _positions(rectangles: dict[int, Window], raster: str) -> pd.DataFrame:
    windows = rectangles.values()
    return pd.DataFrame(
        {
            "y": [window.row for window in windows],
            "x": [window.col for window in windows],
            "height": [window.height for window in windows],
            "width": [window.width for window in windows],
            "filename": f"{PLACEHOLDER}/data/cyl_data/{raster}",
            "priority": 1,
        },
        index=list(rectangles),
    )


def _write_azimuthal(made: PublishedFixture) -> None:
    tables = []
    for crater in made.labelled:
        grid, basemap = made.azimuthal(crater), made.planet.basemap
        tiles = labelled_tiles(made.rectangles, basemap=basemap, azimuthal=grid)
        made.squares[crater.crater_id] = tiles
        mask = to_azimuthal(made.manual_mask(crater)[None], basemap=basemap, azimuthal=grid)[0]
        bands = to_azimuthal(made.planet.raster, basemap=basemap, azimuthal=grid)
        for tile in tiles:
            _write_tile(made, crater, tile, bands=bands, mask=mask)
        table = _azimuthal_table(crater, tiles, mask)
        places = {"y": "row", "x": "col", "height": "side_px", "width": "side_px"}
        squares = pd.DataFrame({key: [getattr(t, of) for t in tiles] for key, of in places.items()})
        folder = made_folder(made.data / "ejc_data" / "positions")
        squares.assign(pos_index=table["pos_index"], filename=PLACEHOLDER, priority=1).set_index(
            "pos_index"
        ).to_csv(folder / f"az_positions_crater_{crater.crater_id}.csv")
        tables.append(table)
        _write_buffer(made, crater, bands)
    every = pd.concat(tables, ignore_index=True)
    folder = made_folder(made.data / "conn_data")
    _with_splits(every).to_csv(folder / "az_positions_all.csv", index=False)


def _azimuthal_table(crater: Crater, tiles: list[Tile], mask: NDArray[np.bool_]) -> pd.DataFrame:
    ejecta_px = [int(mask[tile.window.slices].sum()) for tile in tiles]
    return pd.DataFrame(
        {
            "pos_index": [tile.tile_id for tile in tiles],
            "crat_FID": crater.crater_id,
            "distance": [tile.distance_m for tile in tiles],
            "num_1": ejecta_px,
            "h_num_1": [one + 2 for one in ejecta_px],
        }
    )


def _with_splits(table: pd.DataFrame) -> pd.DataFrame:
    """Give tiles a class and two splits; the farthest tiles are used in neither."""
    edges = np.linspace(table["distance"].min(), table["distance"].max(), 6)
    near = np.clip(np.digitize(table["distance"], edges, right=True) - 1, 0, 4)
    is_far = (table["distance"] >= 0.6 * math.pi * RADIUS_M).to_numpy()
    numbers = np.arange(len(table))
    return table.assign(
        split_class=(table["num_1"] > 0) * 5 + near,
        test_61=np.where(is_far, -1, (numbers % 4 == 0).astype(int)),
        test_62=np.where(is_far, -1, (numbers % 5 == 1).astype(int)),
    )


def _write_tile(
    made: PublishedFixture,
    crater: Crater,
    tile: Tile,
    *,
    bands: NDArray[np.uint8],
    mask: NDArray[np.bool_],
) -> None:
    end = f"{tile.tile_id}_crater_{crater.crater_id}.npy"
    rows = ((np.arange(TILE_PX) + 0.5) * tile.side_px / TILE_PX).astype(int)
    at = (tile.row + rows[:, None], tile.col + rows)
    ejseg = made.data / "ejc_data"
    np.save(made_folder(ejseg / "images") / f"image_{end}", bands[:, *at])
    np.save(made_folder(ejseg / "masks") / f"mask_{end}", mask[at].astype(np.uint8))
    down, right = ((place + 0.5 - made.half_px) * made.resolution_m for place in at)
    np.save(made_folder(ejseg / "distances") / f"distance_{end}", np.hypot(down, right))
    where = {"images": "image", "attention": "att"}
    write_crop(made, tile.window, bands, where=where, end=end)


def _write_buffer(made: PublishedFixture, crater: Crater, bands: NDArray[np.uint8]) -> None:
    half = math.ceil(6 * crater.radius_m / made.resolution_m)
    around = slice(made.half_px - half, made.half_px + half)
    folder = made_folder(made.data / "ejc_data" / "buffers")
    path = folder / f"az_crater_{crater.crater_id}.tif"
    write_azimuthal_raster(path, bands[:, around, around], made, crater)
