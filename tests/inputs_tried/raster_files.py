"""Rasters of a planet with one bright disc, as other people's programs write them."""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.shutil import copy

from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.crs import equidistant_cylindrical_crs
from ejmap_geo.rasters.raster import read_basemap

ROWS, COLS = 180, 360
RADIUS_M = MERCURY.radius_m
HALF_M = MERCURY.half_circumference_m
DEGREE_M = HALF_M / 180
DISC_LON_DEG, DISC_LAT_DEG, DISC_RADIUS_DEG = 40, 20, 6
GROUND, BRIGHT = 60, 200

EQC = equidistant_cylindrical_crs(MERCURY).to_wkt()
DEGREES = CRS.from_dict({"proj": "longlat", "R": RADIUS_M}).to_wkt()
METRES_FROM_WEST = Affine(DEGREE_M, 0, -HALF_M, 0, -DEGREE_M, HALF_M / 2)
DEGREES_FROM_WEST = Affine(1, 0, -180, 0, -1, 90)


class Case(NamedTuple):
    """An input that was tried.

    Attributes:
        kind: What such inputs state.
        what: The input in words.
        make: Writes it into a folder and returns the file to read.
        reading: Arguments of the reader.
        empty: Pixels of the basemap ``(row, col)`` that are not imaged; None does not ask.
        greys: Grey levels of ground and disc; None does not ask.
    """

    kind: str
    what: str
    make: Callable[[Path], Path]
    reading: Mapping[str, Any] = MappingProxyType({})
    empty: AbstractSet[tuple[int, int]] | None = frozenset()
    greys: tuple[int, int] | None = (GROUND, BRIGHT)


def planet(dtype: str = "uint8") -> NDArray[Any]:
    """Return ``(1, 180, 360)``: ground, and a bright disc at 40 E 20 N, a degree a pixel."""
    rows, cols = np.indices((ROWS, COLS)) + 0.5
    away = np.hypot(cols - 180 - DISC_LON_DEG, 90 - rows - DISC_LAT_DEG)
    return np.where(away < DISC_RADIUS_DEG, BRIGHT, GROUND).astype(dtype)[None]


def write(path: Path, values: NDArray[Any] | None = None, **changes: Any) -> Path:
    """Write bands as a GeoTIFF from -180 to 180 in metres, unless ``changes`` say otherwise."""
    bands = planet() if values is None else values
    options: dict[str, Any] = {"driver": "GTiff", "crs": EQC, "transform": METRES_FROM_WEST}
    options |= changes
    stated = {key: options.pop(key) for key in ("scales", "offsets", "units") if key in options}
    tags = options.pop("tags", {})
    with rasterio.open(
        path,
        "w",
        dtype=bands.dtype,
        count=bands.shape[0],
        height=bands.shape[1],
        width=bands.shape[2],
        **options,
    ) as raster:
        raster.write(bands)
        raster.update_tags(**tags)
        for item, value in stated.items():
            setattr(raster, item, value)
    return path


def as_vrt(path: Path, *, crs: str | None = None, **replaced: str) -> Path:
    """Describe a raster by a VRT beside it, with another CRS or other pieces of its text."""
    described = path.with_suffix(".vrt")
    copy(path, described, driver="VRT")
    text = described.read_text()
    if crs is not None:
        text = re.sub("<SRS[^>]*>.*</SRS>", "", text, flags=re.DOTALL)
        text = text.replace("<GeoTransform>", f"<SRS>{crs}</SRS><GeoTransform>")
    for old, new in replaced.items():
        text = text.replace(f"<{old}>", f"{new}<{old}>", 1)
    described.write_text(text)
    return described


def outcome_of(case: Case, folder: Path) -> str:
    """Read an input and say what came of it, in the words of the page.

    Raises:
        AssertionError: If it was read, and the disc is at another place or has other values.
    """
    path = case.make(folder)
    try:
        values, grid = read_basemap(path, body=MERCURY, **case.reading)
    except GeoError as error:
        return f"refused: {_without_machine(str(error), folder)}"
    assert grid.shape == (ROWS, COLS), case.what
    for band in values:
        rows, cols = np.nonzero(band > (int(band.max()) + int(np.median(band))) / 2)
        lon_deg, lat_deg = cols.mean() + 0.5 - 180, 90 - (rows.mean() + 0.5)
        off_px = np.hypot(lon_deg - DISC_LON_DEG, lat_deg - DISC_LAT_DEG)
        assert off_px < 1, f"{case.what}: the disc is at {lon_deg:.1f} E {lat_deg:.1f} N"
        spread_deg = max(np.ptp(rows), np.ptp(cols)) / 2
        assert spread_deg <= DISC_RADIUS_DEG, f"{case.what}: the disc is {spread_deg} degrees wide"
        if case.greys is not None:
            assert (int(np.median(band[band > 0])), int(band.max())) == case.greys, case.what
    if case.empty is not None:
        found = {(int(row), int(col)) for row, col in np.argwhere(values[0] == 0)}
        assert found == case.empty, case.what
    return "read right"


def _without_machine(message: str, folder: Path) -> str:
    """Return a message without folders, and without the words of this GDAL."""
    message = message.replace(f"{folder}/", "")
    message = re.sub(r"cut off or damaged \(.*\);", "cut off or damaged (...);", message)
    return re.sub(r"as a raster \(.*\);", "as a raster (...);", message)
