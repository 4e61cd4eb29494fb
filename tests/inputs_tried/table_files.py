"""Tables of the same two craters of Mercury, as other people's programs write them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod
from shapely.geometry import Polygon

from ejmap_geo.craters.catalogue import craters_of, read_catalogue
from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.crs import geographic_crs

GEOGRAPHIC = geographic_crs(MERCURY)
# Longitude, latitude, radius in metres.
HOKUSAI = (16.65, 57.84, 57_000.0)
BASHO = (-170.45, -32.39, 37_500.0)
SPHERE = Geod(a=MERCURY.radius_m, f=0)
# Below a hundredth of a degree.
PLACE_TOLERANCE_M = 400.0
RADIUS_TOLERANCE = 0.01
OURS = ["crater_id", "name", "lon_deg", "lat_deg", "radius_m"]
ROWS = [(7, "Hokusai", *HOKUSAI), (12, "Bash\u014d", *BASHO)]


class Case(NamedTuple):
    """An input that was tried.

    Attributes:
        kind: What such inputs state.
        what: The input in words.
        make: Writes it into a folder and returns the file to read.
        reading: Arguments of the reader.
        ids: Whether the ids must be those of the file.
        truth: Id, longitude, latitude and radius of each crater, by id.
    """

    kind: str
    what: str
    make: Callable[[Path], Path]
    reading: Mapping[str, Any] = MappingProxyType({})
    ids: bool = True
    truth: tuple[tuple[int, float, float, float], ...] = ((7, *HOKUSAI), (12, *BASHO))


def frame(*names: str, radius: float = 1.0) -> pd.DataFrame:
    """Return the two craters under other names, radii multiplied by ``radius``."""
    rows = [(key, name, lon, lat, r * radius) for key, name, lon, lat, r in ROWS]
    return pd.DataFrame(rows, columns=pd.Index([*names, *OURS[len(names) :]]))


def text(content: str | bytes, name: str = "craters.csv") -> Callable[[Path], Path]:
    """Return what writes text, in UTF-8 unless it is bytes."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / name

    return make


def lines(*rows: str, name: str = "craters.csv", encoding: str = "utf-8") -> Any:
    """Return what writes lines."""
    return text(("\n".join(rows) + "\n").encode(encoding), name)


def saved(table: pd.DataFrame, name: str = "craters.csv", **options: Any) -> Any:
    """Return what writes a table as CSV."""
    return text(table.to_csv(index=False, **options), name)


def drawn(name: str, geometry: list[Any], crs: Any = GEOGRAPHIC, **options: Any) -> Any:
    """Return what writes geometries beside ids, names and radii."""
    plain = frame()[["crater_id", "name", "radius_m"]]
    columns = options.pop("columns", plain)

    def make(folder: Path) -> Path:
        table = gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)
        path = folder / name
        if path.suffix == ".parquet":
            table.to_parquet(path)
        else:
            table.to_file(path, **options)
        return path

    return make


def rim(lon_deg: float, lat_deg: float, radius_m: float) -> Polygon:
    """Return a rim by PROJ's geodesics on the sphere."""
    azimuths = np.arange(0, 360, 5.0)
    lon, lat, _ = SPHERE.fwd(
        np.full(72, lon_deg), np.full(72, lat_deg), azimuths, np.full(72, radius_m)
    )
    return Polygon(np.column_stack([lon, lat]))


def outcome_of(case: Case, folder: Path) -> str:
    """Read an input and say what came of it, in the words of the page.

    Raises:
        AssertionError: If it was read, and a crater is at another place or of another size.
    """
    path = case.make(folder)
    try:
        catalogue = read_catalogue(path, body=MERCURY, **case.reading)
    except GeoError as error:
        return f"refused: {_short(str(error), folder)}"
    found = craters_of(catalogue)
    assert len(found) == len(case.truth), case.what
    for crater, (crater_id, lon_deg, lat_deg, radius_m) in zip(found, case.truth, strict=True):
        _, _, apart_m = SPHERE.inv(*crater.center, lon_deg, lat_deg)
        assert apart_m < PLACE_TOLERANCE_M, case.what
        assert abs(crater.radius_m / radius_m - 1) < RADIUS_TOLERANCE, case.what
        assert crater.crater_id == crater_id or not case.ids, case.what
    told = "; ".join(catalogue.attrs["notes"])
    return f"read right; told: {_short(told, folder)}" if told else "read right"


def _short(message: str, folder: Path) -> str:
    """Return a message without folders, and without the words of this GDAL."""
    message = message.replace(f"{folder}/", "")
    return re.sub(r"cannot be read \(.*\);", "cannot be read (...);", message)
