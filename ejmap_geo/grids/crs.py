"""Coordinate reference systems of a body: geographic, equidistant cylindrical, azimuthal."""

import math
from functools import lru_cache

from pyproj import CRS

from ejmap_geo.errors import CrsError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat

RADIUS_TOLERANCE_M = 1.0
# PROJ transforms between spheres of one planet, and takes those further apart for two planets.
SAME_PLANET_WITHIN = 0.005


def geographic_crs(body: Body) -> CRS:
    """Return east-positive planetocentric longitude and latitude on the body's sphere."""
    if body.authority is not None:
        return CRS.from_user_input(body.authority)
    plain = CRS.from_dict({"proj": "longlat", "R": body.radius_m, "no_defs": True})
    return CRS.from_json_dict({**plain.to_json_dict(), "name": body.name})


def equidistant_cylindrical_crs(body: Body) -> CRS:
    """Return the simple cylindrical CRS of basemaps: central meridian 0, standard parallel 0."""
    if body.cylindrical is not None:
        return CRS.from_user_input(body.cylindrical)
    return _projected(body, "Equidistant Cylindrical", "eqc", lat_ts=0, lon_0=0)


def azimuthal_crs(body: Body, *, center: LonLat) -> CRS:
    """Return the azimuthal equidistant CRS about ``center`` (EPSG method 1125 on a sphere)."""
    name = f"Azimuthal Equidistant, center lon {center.lon_deg:.4f} lat {center.lat_deg:.4f}"
    return _projected(body, name, "aeqd", lat_0=center.lat_deg, lon_0=center.lon_deg)


def _projected(body: Body, name: str, projection: str, **parameters: float) -> CRS:
    """Return a projection of the body's longitude and latitude, named as a GIS will show it."""
    plain = CRS.from_dict(
        {"proj": projection, "R": body.radius_m, "units": "m", "no_defs": True} | parameters
    ).to_json_dict()
    base = geographic_crs(body)
    named = {"name": f"{base.name} / {name}", "base_crs": base.to_json_dict()}
    return CRS.from_json_dict({**plain, **named})


def require_body(crs: CRS | None, body: Body, *, what: str) -> CRS:
    """Return the horizontal CRS of ``crs`` if it lies on the sphere of ``body``.

    Args:
        crs: Geographic or projected CRS of the data in question, with heights or without; None if
            they have none.
        body: The planet that is being mapped.
        what: The data in words, for the message.

    Raises:
        CrsError: If there is none, if it states a datum shift or is no CRS of a map, or if the
            ellipsoid is another planet's, or another sphere of the same planet.
    """
    if crs is None:
        raise CrsError(
            f"{what} has no CRS; assign the one its coordinates are in, for longitude and latitude "
            f"of {body.name} {body.authority or 'one on its sphere'}"
        )
    crs = _horizontal(crs, what=what)
    ellipsoid = crs.ellipsoid
    if ellipsoid is None:
        raise CrsError(
            f"{what} has a CRS without an ellipsoid ({crs.name}); give it one of {body.name}"
        )
    axes_m = (ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre)
    if any(not math.isclose(axis, body.radius_m, abs_tol=RADIUS_TOLERANCE_M) for axis in axes_m):
        same = all(math.isclose(axis, body.radius_m, rel_tol=SAME_PLANET_WITHIN) for axis in axes_m)
        remedy = (
            "reproject it (never relabel it) or name the right body"
            if same
            else f"name the right body, or, if the data are of {body.name}, correct their label: "
            "assign its CRS instead of reprojecting, which fails between planets"
        )
        raise CrsError(
            f"{what} is on a body with axes {axes_m[0]:.0f} and {axes_m[1]:.0f} m ({crs.name}), "
            f"but {body.name} here is a sphere of {body.radius_m:.0f} m; {remedy}"
        )
    return crs


def _horizontal(crs: CRS, *, what: str) -> CRS:
    """Return a CRS without heights and without a datum shift of nothing."""
    if crs.is_compound:
        return _horizontal(crs.sub_crs_list[0], what=what)
    if crs.is_bound:
        shift = crs.coordinate_operation
        stated = {} if shift is None else {one.name: one.value for one in shift.params}
        if any(value not in {0, "@null"} for value in stated.values()):
            raise CrsError(
                f"{what} has a CRS with a datum shift ({crs.name}, {stated}), which has no meaning "
                "on a sphere; state the CRS without it"
            )
        if crs.source_crs is not None:
            return _horizontal(crs.source_crs, what=what)
    if not (crs.is_geographic or crs.is_projected):
        raise CrsError(
            f"{what} has a CRS of type {crs.type_name} ({crs.name}), which places nothing on a "
            "map; assign a geographic or projected one"
        )
    return _flat(crs)


@lru_cache(maxsize=64)
def _flat(crs: CRS) -> CRS:
    """Return a CRS without heights; PROJ takes 2 ms to make one."""
    return crs.to_2d()
