"""The outer edges of a raster file in degrees: one statement of its place, or a refusal."""

from pathlib import Path
from typing import NamedTuple

import rasterio
from affine import Affine
from pyproj import CRS

from ejmap_geo.errors import CrsError, GeoError, RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.cylindrical import map_edges
from ejmap_geo.rasters.raster_file import crs_of
from ejmap_geo.rasters.sidecars import other_places

# Two statements of the same place differ by less.
SAME_PLACE_PX = 0.1
# What else may say where pixels lie, by metadata domain of GDAL, and how GDAL's tool applies it.
OTHER_PLACING = {"RPC": ("RPCs", "-rpc"), "GEOLOCATION": ("geolocation arrays", "-geoloc")}


class Extent(NamedTuple):
    """Outer edges of a raster in degrees; longitude is counted on without a jump at 180.

    Attributes:
        west_deg: Western edge.
        east_deg: Eastern edge, larger than the western one.
        south_deg: Southern edge.
        north_deg: Northern edge, larger than the southern one.
        is_mirrored: Whether the first column of the file is the easternmost.
        is_south_up: Whether its first row is the southernmost.
    """

    west_deg: float
    east_deg: float
    south_deg: float
    north_deg: float
    is_mirrored: bool
    is_south_up: bool

    @property
    def words(self) -> str:
        """The edges as messages say them."""
        return (
            f"longitude {self.west_deg:.3f} to {self.east_deg:.3f} and latitude "
            f"{self.south_deg:.3f} to {self.north_deg:.3f}"
        )


def extent_of(raster: rasterio.DatasetReader, *, body: Body, what: str) -> Extent:
    """Return the outer edges of a cylindrical raster in degrees.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the raster is turned or has no position, or if the file states its place in
            several ways that disagree.
    """
    _require_one_placing(raster, what=what)
    shape = raster.shape
    extent = _extent(crs_of(raster), raster.transform, shape, body=body, what=what)
    for source, crs, transform in other_places(raster):
        try:
            other = _extent(
                crs or crs_of(raster),
                raster.transform if transform is None else transform,
                shape,
                body=body,
                what=source,
            )
        except GeoError as error:
            raise RasterError(f"{what} and {source} disagree: {error}; remove one") from error
        if not _is_same(extent, other, shape):
            raise RasterError(
                f"{what} covers {extent.words}, but {source} says {other.words}; remove the one "
                "that is wrong"
            )
    return extent


def _require_one_placing(raster: rasterio.DatasetReader, *, what: str) -> None:
    name = Path(raster.name).name
    if raster.subdatasets:
        raise RasterError(
            f"{what} holds {len(raster.subdatasets)} rasters ({', '.join(raster.subdatasets[:3])}"
            f"{', ...' if len(raster.subdatasets) > 3 else ''}); write one of them to a file of "
            "its own (gdal_translate)"
        )
    points = raster.gcps[0]
    if points:
        raise RasterError(
            f"{what} is placed by {len(points)} ground control points; warp it by them (gdalwarp "
            f"-tps {name} warped.tif)"
        )
    for domain, (placing, option) in OTHER_PLACING.items():
        if raster.tags(ns=domain):
            raise RasterError(
                f"{what} is placed by {placing}; warp it by them (gdalwarp {option} {name} "
                "warped.tif)"
            )
    if "json:ISIS3" in raster.tag_namespaces():
        _require_east_positive(str(raster.tags(ns="json:ISIS3")), what=what)


def _require_east_positive(label: str, *, what: str) -> None:
    """Refuse a cube whose central meridian GDAL would take to the east although it is west."""
    flat = "".join(label.split()).replace("\\n", "").replace('\\"', '"')
    center = flat.partition('"CenterLongitude":')[2].split(",")[0].split("}")[0]
    if '"LongitudeDirection":"PositiveWest"' in flat and center.strip("0.-") not in {"", "18"}:
        raise CrsError(
            f"{what} counts its central meridian {center} to the west (LongitudeDirection = "
            "PositiveWest), which GDAL reads as east; map it again with PositiveEast (ISIS map2map)"
        )


def _extent(
    crs: CRS | None, transform: Affine, shape: tuple[int, int], *, body: Body, what: str
) -> Extent:
    if crs is None:
        raise CrsError(
            f"{what} has no CRS; state it, for simple cylindrical with gdal_edit.py -a_srs "
            f'"+proj=eqc +R={body.radius_m:.0f} +units=m"'
        )
    if transform.is_identity:
        raise RasterError(
            f"{what} has a CRS but no position; set its corners (gdal_edit.py -a_ullr)"
        )
    if transform.b or transform.d or not (transform.a and transform.e):
        raise RasterError(
            f"{what} is rotated (geotransform {transform.to_gdal()}); warp it to north up "
            "(gdalwarp)"
        )
    rows, cols = shape
    edges = map_edges(
        crs,
        body=body,
        x=(transform.c, transform.c + transform.a * cols),
        y=(transform.f, transform.f + transform.e * rows),
        what=what,
    )
    west_deg, east_deg = sorted(round(one, 9) + 0.0 for one in (edges.left_deg, edges.right_deg))
    south_deg, north_deg = sorted((edges.top_deg, edges.bottom_deg))
    if east_deg == west_deg or north_deg == south_deg:
        raise RasterError(
            f"{what} covers no area (geotransform {transform.to_gdal()}); set its corners "
            "(gdal_edit.py -a_ullr)"
        )
    is_mirrored = edges.left_deg > edges.right_deg
    is_south_up = edges.top_deg < edges.bottom_deg
    return Extent(west_deg, east_deg, south_deg, north_deg, is_mirrored, is_south_up)


def _is_same(one: Extent, other: Extent, shape: tuple[int, int]) -> bool:
    px_deg = (one.north_deg - one.south_deg) / shape[0]
    around_deg = ((one.west_deg - other.west_deg + 180) % 360) - 180
    apart_deg = max(
        abs(around_deg),
        abs((one.east_deg - one.west_deg) - (other.east_deg - other.west_deg)),
        abs(one.north_deg - other.north_deg),
        abs(one.south_deg - other.south_deg),
    )
    is_turned = (one.is_mirrored, one.is_south_up) != (other.is_mirrored, other.is_south_up)
    return apart_deg <= SAME_PLACE_PX * px_deg and not is_turned
