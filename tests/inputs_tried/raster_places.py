"""Rasters by what they state of their place."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from pyproj import CRS
from rasterio.control import GroundControlPoint
from rasterio.rpc import RPC
from rasterio.shutil import copy

from tests.inputs_tried.raster_files import (
    COLS,
    DEGREE_M,
    DEGREES,
    DEGREES_FROM_WEST,
    EQC,
    HALF_M,
    METRES_FROM_WEST,
    RADIUS_M,
    Case,
    as_vrt,
    planet,
    write,
)

DATUM = f'DATUM["Mercury",ELLIPSOID["Mercury",{RADIUS_M:.0f},0]]'
ANGLES = 'ANGLEUNIT["degree",0.0174532925199433]'
EAST, NORTH, WEST = (
    'AXIS["longitude",east',
    'AXIS["latitude",north',
    'AXIS["longitude",west',
)
EQC_METHOD = (
    'CONVERSION["map",METHOD["Equidistant Cylindrical (Spherical)",ID["EPSG",1029]],'
    'PARAMETER["Latitude of 1st standard parallel",0],PARAMETER["Longitude of natural origin",0]]'
)


def geographic(*axes: str, prime_meridian: str = "") -> str:
    """Return the WKT of longitude and latitude in an order and direction of their own."""
    listed = ",".join(f"{axis},ORDER[{number}]]" for number, axis in enumerate(axes, start=1))
    return f'GEOGCRS["Mercury",{DATUM}{prime_meridian},CS[ellipsoidal,2],{listed},{ANGLES}]'


def eqc(**parameters: Any) -> str:
    """Return the WKT of an equidistant cylindrical CRS."""
    return CRS.from_dict({"proj": "eqc", "R": RADIUS_M} | parameters).to_wkt()


def rolled(degrees: int) -> np.ndarray:
    """Return the planet whose first column lies so many degrees east of -180."""
    return np.roll(planet(), -degrees, axis=2)


def made(values: np.ndarray | None = None, **changes: Any) -> Any:
    """Return what writes a GeoTIFF."""
    return lambda folder: write(folder / "mosaic.tif", values, **changes)


def vrt(stated: str, values: np.ndarray | None = None, **changes: Any) -> Any:
    """Return what writes a VRT with a CRS that a GeoTIFF cannot hold."""
    return lambda folder: as_vrt(write(folder / "mosaic.tif", values, **changes), crs=stated)


def compound(crs: str) -> str:
    """Return a CRS with heights."""
    plain = CRS.from_wkt(crs).to_wkt("WKT1_GDAL")
    return f'COMPD_CS["a",{plain},VERT_CS["h",VERT_DATUM["d",2005],UNIT["metre",1]]]'


HUN_KAL = ',PRIMEM["Hun Kal",20,ANGLEUNIT["degree",0.0174532925199433]]'
GRADS = geographic(EAST, NORTH).replace(ANGLES, 'ANGLEUNIT["grad",0.015707963267949]')
ROTATED_POLE = CRS.from_dict(
    {"proj": "ob_tran", "o_proj": "longlat", "o_lon_p": 0, "o_lat_p": 40, "R": RADIUS_M}
).to_wkt()
WESTINGS = (
    f'PROJCRS["west",BASEGEOGCRS["Mercury",{DATUM}],{EQC_METHOD},CS[Cartesian,2],'
    'AXIS["westing",west,ORDER[1]],AXIS["northing",north,ORDER[2]],LENGTHUNIT["metre",1]]'
)
DEGREES_OPTIONS = {"crs": DEGREES, "transform": DEGREES_FROM_WEST}
MIRRORED = planet()[:, :, ::-1]

SYSTEMS = (
    ("simple cylindrical in metres, -180 to 180", made()),
    ("longitude and latitude in degrees", made(**DEGREES_OPTIONS)),
    ("grads instead of degrees", vrt(GRADS, transform=Affine(1 / 0.9, 0, -200, 0, -1 / 0.9, 100))),
    (
        "kilometres instead of metres",
        made(
            crs=eqc(units="km"),
            transform=Affine(DEGREE_M / 1e3, 0, -HALF_M / 1e3, 0, -DEGREE_M / 1e3, HALF_M / 2e3),
        ),
    ),
    (
        "prime meridian Hun Kal, 20 degrees east of ours",
        vrt(geographic(EAST, NORTH, prime_meridian=HUN_KAL), rolled(20), **DEGREES_OPTIONS),
    ),
    ("prime meridian 20 degrees east, projected", vrt(eqc(pm=20), rolled(20))),
    ("longitude grows to the west", vrt(geographic(WEST, NORTH), MIRRORED, **DEGREES_OPTIONS)),
    ("westings in metres", vrt(WESTINGS, MIRRORED)),
    ("latitude first, longitude to the west", vrt(geographic(NORTH, WEST), **DEGREES_OPTIONS)),
    ("bound CRS with a datum shift of zero", made(crs=eqc(towgs84="0,0,0,0,0,0,0"))),
    ("bound CRS with a datum shift", vrt(eqc(towgs84="100,0,0,0,0,0,0"))),
    ("compound CRS with heights", vrt(compound(EQC))),
    ("central meridian 180", made(rolled(180), crs=eqc(lon_0=180))),
    (
        "standard parallel 30, pixels of a degree",
        made(
            crs=eqc(lat_ts=30),
            transform=Affine.scale(np.cos(np.pi / 6), 1) @ METRES_FROM_WEST,
        ),
    ),
    (
        "false easting and northing",
        made(
            crs=eqc(x_0=1e6, y_0=-5e5),
            transform=Affine.translation(1e6, -5e5) @ METRES_FROM_WEST,
        ),
    ),
    (
        "latitude of origin 10",
        made(crs=eqc(lat_0=10), transform=Affine.translation(0, -10 * DEGREE_M) @ METRES_FROM_WEST),
    ),
    ("no CRS", made(crs=None)),
    ("another sphere of Mercury (IAU 2015)", made(crs=eqc(R=2_440_530))),
    ("the ellipsoid of the Earth", made(crs="EPSG:4326", transform=DEGREES_FROM_WEST)),
    ("Mercator projection", made(crs=CRS.from_dict({"proj": "merc", "R": RADIUS_M}).to_wkt())),
    (
        "polar stereographic projection",
        made(crs=CRS.from_dict({"proj": "stere", "lat_0": 90, "R": RADIUS_M}).to_wkt()),
    ),
    ("degrees about a rotated pole", vrt(ROTATED_POLE, transform=DEGREES_FROM_WEST)),
    ("a local CRS of an instrument", made(crs='LOCAL_CS["x",UNIT["metre",1]]')),
    ("degrees under a CRS in metres", made(transform=DEGREES_FROM_WEST)),
    ("metres under a CRS in degrees", made(crs=DEGREES)),
)


def _about_zero(folder: Path) -> Path:
    return write(
        folder / "mosaic.tif", rolled(180), crs=DEGREES, transform=Affine(1, 0, 0, 0, -1, 90)
    )


def _half_px(folder: Path) -> Path:
    return write(folder / "mosaic.tif", crs=DEGREES, transform=Affine(1, 0, -180.5, 0, -1, 90.5))


def _part(folder: Path) -> Path:
    """Write 10 to 70 E and 10 S to 50 N."""
    values = planet()[:, 40:100, 190:250]
    transform = METRES_FROM_WEST @ Affine.translation(190, 40)
    return write(folder / "mosaic.tif", values, transform=transform)


def _part_between_pixels(folder: Path) -> Path:
    return write(
        folder / "mosaic.tif",
        planet()[:, 40:100, 190:250],
        transform=METRES_FROM_WEST @ Affine.translation(190.3, 39.7),
    )


def _part_across_the_antimeridian(folder: Path) -> Path:
    """Write 30 E to 190 W through 180."""
    values = np.roll(planet(), -210, axis=2)[:, 40:100, :200]
    transform = METRES_FROM_WEST @ Affine.translation(210, 40)
    return write(folder / "mosaic.tif", values, transform=transform)


def _beside(*, rows: slice, cols: np.ndarray) -> set[tuple[int, int]]:
    is_empty = np.ones((180, COLS), np.bool_)
    is_empty[rows, cols] = False
    return {(int(row), int(col)) for row, col in np.argwhere(is_empty)}


PART = _beside(rows=slice(40, 100), cols=np.arange(190, 250))
ACROSS = _beside(rows=slice(40, 100), cols=np.arange(210, 410) % COLS)

TRANSFORMS = (
    ("longitude 0 to 360", _about_zero),
    (
        "longitude -360 to 0",
        made(rolled(180), crs=DEGREES, transform=Affine(1, 0, -360, 0, -1, 90)),
    ),
    ("south up", made(planet()[:, ::-1], transform=METRES_FROM_WEST @ Affine(1, 0, 0, 0, -1, 180))),
    (
        "columns from east to west",
        made(MIRRORED, transform=METRES_FROM_WEST @ Affine(-1, 0, 360, 0, 1, 0)),
    ),
    ("rotated by a degree", made(transform=METRES_FROM_WEST @ Affine.rotation(1))),
    ("PixelIsPoint", made(tags={"AREA_OR_POINT": "Point"})),
    (
        "overshoots the pole by a tenth of a pixel",
        made(transform=METRES_FROM_WEST @ Affine.scale(1.0005)),
    ),
    ("half a pixel beside (PixelIsPoint misread)", _half_px),
    ("a part of the planet", _part),
    (
        "pixels that are not square",
        made(planet()[:, ::2], transform=METRES_FROM_WEST @ Affine.scale(1, 2)),
    ),
    (
        "edges in radians",
        made(
            crs=DEGREES,
            transform=Affine.translation(-np.pi, np.pi / 2)
            @ Affine.scale(np.radians(1), -np.radians(1)),
        ),
    ),
    (
        "latitude from 0 to 180",
        made(crs=DEGREES, transform=Affine.translation(-180, 180) @ Affine.scale(1, -1)),
    ),
    ("a CRS and no geotransform", made(transform=Affine.identity())),
)


def _ground_control(folder: Path) -> Path:
    path = write(folder / "mosaic.tif", crs=None, transform=None)
    corners = ((0, 0), (0, 360), (180, 0))
    with rasterio.open(path, "r+") as raster:
        points = [GroundControlPoint(row, col, col - 180, 90 - row) for row, col in corners]
        raster.gcps = (points, rasterio.CRS.from_wkt(DEGREES))
    return path


def _rpcs(folder: Path) -> Path:
    path = write(folder / "mosaic.tif")
    one = [1.0] + 19 * [0.0]
    with rasterio.open(path, "r+") as raster:
        raster.rpcs = RPC(0, 1, 0, 90, one, one, 90, 90, 0, 180, one, one, 180, 180, 1, 1)
    return path


def _geolocation(folder: Path) -> Path:
    path = write(folder / "mosaic.tif")
    with rasterio.open(path, "r+") as raster:
        raster.update_tags(ns="GEOLOCATION", X_DATASET="x.tif", Y_DATASET="y.tif")
    return path


def _two_pages(folder: Path) -> Path:
    path = write(folder / "mosaic.tif")
    copy(write(folder / "more.tif"), path, driver="GTiff", APPEND_SUBDATASET="YES")
    return path


def _world_file(folder: Path, west: float = -180) -> Path:
    (folder / "mosaic.tfw").write_text(f"1\n0\n0\n-1\n{west + 0.5}\n89.5\n")
    return write(folder / "mosaic.tif", **DEGREES_OPTIONS)


def _metadata_file(folder: Path) -> Path:
    path = write(folder / "mosaic.tif", **DEGREES_OPTIONS)
    place = "<GeoTransform>0,1,0,90,0,-1</GeoTransform>"
    (folder / "mosaic.tif.aux.xml").write_text(f"<PAMDataset>{place}</PAMDataset>")
    return path


def _projection_file(folder: Path, meridian_deg: float = 0) -> Path:
    text = CRS.from_wkt(eqc(lon_0=meridian_deg)).to_wkt("WKT1_ESRI")
    (folder / "mosaic.prj").write_text(text)
    return write(folder / "mosaic.tif")


def _cube(direction: str, center: str) -> Any:
    def make(folder: Path) -> Path:
        values = rolled(180 + round(float(center))) if float(center) else planet()
        copy(write(folder / "mosaic.tif", values), folder / "mosaic.cub", driver="ISIS3")
        label = (folder / "mosaic.cub").read_bytes()
        stated = f"CenterLongitude      = {center}".encode()
        label = label.replace(b"CenterLongitude      = 0.0", stated)
        label = label.replace(b"PositiveEast", direction.encode())
        (folder / "mosaic.cub").write_bytes(label)
        return folder / "mosaic.cub"

    return make


STATEMENTS = (
    ("ground control points", _ground_control),
    ("RPCs beside a geotransform", _rpcs),
    ("geolocation arrays", _geolocation),
    ("TIFF of two pages", _two_pages),
    ("world file that agrees", _world_file),
    ("world file that contradicts", lambda folder: _world_file(folder, west=0)),
    (".aux.xml that contradicts", _metadata_file),
    (".prj that agrees", _projection_file),
    (".prj that contradicts", lambda folder: _projection_file(folder, meridian_deg=180)),
    ("ISIS cube", _cube("PositiveEast", "0.0")),
    ("ISIS cube, west-positive about 0", _cube("PositiveWest", "0.0")),
    ("ISIS cube, west-positive about 90", _cube("PositiveWest", "90.")),
)

PLACES = (
    *(Case("CRS", what, make) for what, make in SYSTEMS),
    *(Case("geotransform", what, make) for what, make in TRANSFORMS),
    Case("geotransform", "a part of the planet, padded", _part, {"pad": True}, PART),
    Case(
        "geotransform",
        "a part between the pixels of the planet, padded",
        _part_between_pixels,
        {"pad": True},
        PART,
    ),
    Case(
        "geotransform",
        "a part across the antimeridian, padded",
        _part_across_the_antimeridian,
        {"pad": True},
        ACROSS,
    ),
    *(Case("statements of place", what, make) for what, make in STATEMENTS),
)
