"""What a synthetic published folder is, and how its rasters and tiles are written."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.synthetic.planet import Planet
from ejmap_geo.tiles.tiling import Tile

RADIUS_M = 2_439_400.0
PLACEHOLDER = "__EJMAP_ROOT_DIR__"
RUN = "ejc-version-200_conn-version-32_test-set-61_x2"
EJCONN_VERSION, EJSEG_VERSION, SPLIT = 32, 200, 61
ITERATIONS = 2
TILE_PX = 32
CROP_SHAPE = (24, 40)
# The published extent misses the antimeridian and the poles by fractions of a millimetre.
OVERSHOOT_M = 1.6e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFixture:
    """A published folder and what it was made of.

    Attributes:
        folder: The folder that holds ``data``, ``results`` and ``code``.
        planet: The planet, its craters numbered as in the folder.
        half_px: Half size of the published azimuthal rasters.
        rectangles: Places of the labelled tiles on the mosaic by ``pos_index``.
        squares: Labelled tiles on the published azimuthal rasters by crater.
        mapping: Left and upper edges of the mapping tiles by crater, and their numbers.
        connected: Numbers of the connected mapping tiles by crater.
    """

    folder: Path
    planet: Planet
    half_px: int
    rectangles: dict[int, Window]
    squares: dict[int, list[Tile]] = field(default_factory=dict)
    mapping: dict[int, pd.DataFrame] = field(default_factory=dict)
    connected: dict[int, list[int]] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The folder of data."""
        return self.folder / "data"

    @property
    def results(self) -> Path:
        """The folder of results."""
        return self.folder / "results"

    @property
    def labelled(self) -> list[Crater]:
        """Craters whose ejecta a person mapped."""
        return [crater for crater in self.planet.craters if crater.labelled]

    @property
    def resolution_m(self) -> float:
        """Pixel size as the published constants state it."""
        return round(self.planet.basemap.resolution_m, 8)

    def azimuthal(self, crater: Crater) -> AzimuthalGrid:
        """Return the published azimuthal raster of a crater."""
        return AzimuthalGrid(
            body=self.planet.basemap.body,
            center=crater.center,
            resolution_m=self.planet.basemap.resolution_m,
            half_size_px=self.half_px,
        )

    def manual_mask(self, crater: Crater) -> NDArray[np.bool_]:
        """Return the ejecta of a crater inside the labelled tiles, on the whole mosaic."""
        full, inside = (np.zeros(self.planet.basemap.shape, np.bool_) for _ in range(2))
        self.planet.truth[crater.crater_id].paste_into(full)
        for window in self.rectangles.values():
            inside[window.slices] = True
        return full & inside


def write_crop(
    made: PublishedFixture,
    window: Window,
    bands: NDArray[np.uint8],
    *,
    where: dict[str, str],
    end: str,
) -> None:
    """Write a rectangle of the raster that holds the tile, and an attention of 0, 1 and 2.

    Args:
        made: The folder.
        window: The tile.
        bands: The azimuthal raster.
        where: Folder and start of the name of the image, and then of the attention.
        end: End of both names.
    """
    height, width = CROP_SHAPE
    rows = np.linspace(0, bands.shape[1] - 1, height).astype(int)
    cols = np.linspace(0, bands.shape[2] - 1, width).astype(int)
    attention = np.zeros((1, height, width), np.uint8)
    in_rows = (rows >= window.row) & (rows < window.row + window.height)
    in_cols = (cols >= window.col) & (cols < window.col + window.width)
    attention[0][in_rows[:, None] & in_cols] = 1
    attention[0, height // 2, width // 2] = 2
    arrays = (bands[:, rows[:, None], cols], attention)
    for (folder, name), array in zip(where.items(), arrays, strict=True):
        np.save(made_folder(made.data / "conn_data" / folder) / f"{name}_{end}", array)


def write_cylindrical_raster(
    path: Path,
    bands: NDArray[Any],
    made: PublishedFixture,
    *,
    window: Window | None = None,
    nodata: int | None = None,
) -> None:
    """Write a raster on the mosaic or a window of it, whose extent overshoots a little."""
    cols = made.planet.basemap.shape[1]
    half_m = math.pi * RADIUS_M
    px_m = (2 * half_m + OVERSHOOT_M) / cols
    row, col = (0, 0) if window is None else (window.row, window.col)
    left, top = -half_m - OVERSHOOT_M + col * px_m, half_m / 2 + OVERSHOOT_M - row * px_m
    crs = CRS.from_dict({"proj": "eqc", "R": RADIUS_M, "units": "m"})
    transform = Affine(px_m, 0, left, 0, -px_m, top)
    _write_raster(path, bands, crs=crs, transform=transform, nodata=nodata)


def write_azimuthal_raster(
    path: Path, bands: NDArray[Any], made: PublishedFixture, crater: Crater
) -> None:
    """Write a square raster whose middle is the centre of the crater."""
    half_m = bands.shape[1] // 2 * made.resolution_m
    transform = Affine(made.resolution_m, 0, -half_m, 0, -made.resolution_m, half_m)
    _write_raster(path, bands, crs=local_crs(crater), transform=transform, nodata=None)


def local_crs(crater: Crater) -> CRS:
    """Return the azimuthal equidistant CRS about a crater."""
    lon_deg, lat_deg = crater.center
    return CRS.from_dict(
        {"proj": "aeqd", "R": RADIUS_M, "lon_0": lon_deg, "lat_0": lat_deg, "units": "m"}
    )


def _write_raster(
    path: Path, bands: NDArray[Any], *, crs: CRS, transform: Any, nodata: int | None
) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype=bands.dtype,
        count=bands.shape[0],
        height=bands.shape[1],
        width=bands.shape[2],
        crs=crs.to_wkt(),
        transform=transform,
        nodata=nodata,
        compress="deflate",
    ) as raster:
        raster.write(bands)


def made_folder(folder: Path) -> Path:
    """Return a folder that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
