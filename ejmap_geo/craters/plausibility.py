"""Whether the craters of a table make sense together, although each alone could be right."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.tables.units import RADIANS

# Fewer craters may lie or be as they are by chance.
FEWEST_IN_ONE_SPOT = 3
FEWEST_RADIANS = 5
FEWEST_EQUAL = 5
FEWEST_SWAPPED = 20
# Degrees that fill the box of radians: 2 pi by pi, or pi by pi about 0.
LARGEST_RADIANS = 2 * np.pi + 1e-6
# No catalogue of rayed craters holds several basins of this share of the radius of the body.
BASIN_SHARE = 1 / 8
SAME_PLACE_RADII = 0.1
# All of so many places are compared with each other in less time than a tree is imported.
FEW_PLACES = 1000
SAME_SIZE_RATIO = 1.05


def require_plausible(
    craters: pd.DataFrame, *, body: Body, what: str, are_degrees: bool = False
) -> list[str]:
    """Refuse craters that cannot all be right, and return what is doubtful.

    Args:
        craters: ``crater_id``, ``lon_deg``, ``lat_deg`` and ``radius_m``, each value checked.
        body: The planet.
        what: The table in words, for messages.
        are_degrees: Whether somebody says that places are in degrees: a person, or a CRS.

    Returns:
        A sentence with the figure found for each thing that is doubtful.

    Raises:
        CatalogueError: If all craters lie in one spot, places are in radians, or two rows are the
            same crater.
    """
    refuse_one_spot(craters, body=body, what=what)
    radians = told_radians(craters)
    if radians and not are_degrees:
        as_radians = statements.column("lon_deg", f"NAME*{RADIANS:.10g}")
        raise CatalogueError(
            f"{what}: {radians}; state both columns, as radians ({as_radians}, and lat_deg alike) "
            f"or, if they are degrees, as they are ({statements.column('lon_deg', 'NAME')}, and "
            "lat_deg alike)"
        )
    _refuse_doubles(craters, what)
    doubts = [*_doubtful_sizes(craters, body), *_doubtful_places(craters)]
    return [*doubts, f"doubtful: {radians}"] if radians else doubts


def refuse_one_spot(craters: pd.DataFrame, *, body: Body, what: str) -> None:
    """Refuse craters that all lie inside of the smallest of them.

    Raises:
        CatalogueError: If they do.
    """
    if len(craters) < FEWEST_IN_ONE_SPOT:
        return
    places = _directions(craters)
    apart_m = body.radius_m * float(np.linalg.norm(places - places.mean(axis=0), axis=1).max())
    if apart_m < float(craters["radius_m"].min()):
        first = craters.iloc[0]
        raise CatalogueError(
            f"{what}: all {len(craters)} craters lie within {apart_m:.0f} m of each other, near "
            f"{first['lon_deg']:.5g} E {first['lat_deg']:.5g} N, inside of the smallest; correct "
            "the unit of the coordinates or the CRS (degrees in a CRS of metres?)"
        )


def told_radians(craters: pd.DataFrame) -> str:
    """Return what looks like radians, in words; nothing if places fill no box of radians."""
    lon, lat = craters["lon_deg"].to_numpy(), craters["lat_deg"].to_numpy()
    is_box = np.abs(lat).max() <= np.pi / 2 + 1e-6 and np.abs(lon).max() <= LARGEST_RADIANS
    if len(craters) < FEWEST_RADIANS or not is_box or np.ptp(lon) <= 3 or np.ptp(lat) <= 1:
        return ""
    return (
        f"lon_deg runs from {lon.min():.4g} to {lon.max():.4g} and lat_deg from {lat.min():.4g} "
        f"to {lat.max():.4g}, as radians do"
    )


def _refuse_doubles(craters: pd.DataFrame, what: str) -> None:
    double = craters[craters.duplicated(["lon_deg", "lat_deg", "radius_m"], keep=False)]
    if not double.empty:
        ids = double.groupby(["lon_deg", "lat_deg", "radius_m"])["crater_id"].agg(list)
        shown = ", ".join(map(str, ids.iloc[0][:4]))
        raise CatalogueError(
            f"{what}: {len(double)} rows have the same place and radius as another row (crater_id "
            f"{shown}); keep one row of each crater"
        )


def _doubtful_sizes(craters: pd.DataFrame, body: Body) -> Iterator[str]:
    radius_m = craters["radius_m"].to_numpy()
    if len(craters) >= FEWEST_EQUAL and np.ptp(radius_m) == 0:
        yield f"doubtful: all {len(craters)} craters have the same radius of {radius_m[0]:.0f} m"
    large = radius_m > BASIN_SHARE * body.radius_m
    if large.sum() >= max(2, 0.02 * len(craters)):
        yield (
            f"doubtful: {large.sum()} of {len(craters)} radii are above "
            f"{BASIN_SHARE * body.radius_m / 1000:.0f} km, as of basins; is radius_m the radius, "
            "in metres?"
        )
    near = _near_doubles(craters, body)
    if near:
        shown = ", ".join(f"{one} and {other}" for one, other in near[:3])
        yield (
            f"doubtful: {len(near)} pair(s) of craters have about the same place and size "
            f"(crater_id {shown})"
        )


def _near_doubles(craters: pd.DataFrame, body: Body) -> list[tuple[int, int]]:
    radius_m, ids = craters["radius_m"].to_numpy(), craters["crater_id"].to_numpy()
    places = _directions(craters)
    pairs = _pairs_within(places, SAME_PLACE_RADII * radius_m / body.radius_m)
    ratio = radius_m[pairs[:, 0]] / radius_m[pairs[:, 1]]
    apart_m = body.radius_m * np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1)
    smaller = np.minimum(radius_m[pairs[:, 0]], radius_m[pairs[:, 1]])
    is_same = (np.abs(np.log(ratio)) < np.log(SAME_SIZE_RATIO)) & (
        apart_m < SAME_PLACE_RADII * smaller
    )
    return [(int(ids[one]), int(ids[other])) for one, other in pairs[is_same]]


def _pairs_within(places: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return ``(pairs, 2)`` of rising indices; the second lies within the reach of the first.

    Args:
        places: ``(places, 3)``, unit vectors.
        reach: ``(places,)``, straight distances.
    """
    if len(places) <= FEW_PLACES:
        apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
        return np.argwhere(np.triu(apart <= reach[:, None], k=1))
    from scipy.spatial import KDTree  # noqa: PLC0415 - takes a quarter of a second

    near = KDTree(places).query_ball_point(places, reach)
    pairs = [(one, other) for one, others in enumerate(near) for other in others if one < other]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _doubtful_places(craters: pd.DataFrame) -> Iterator[str]:
    lon, lat = np.abs(craters["lon_deg"].to_numpy()), np.abs(craters["lat_deg"].to_numpy())
    if len(craters) < FEWEST_SWAPPED or lon.max() > 90:
        return
    # On a sphere 13 per cent of all places lie beyond 60 degrees of latitude.
    far_lat, far_lon = float((lat > 60).mean()), float((lon > 60).mean())
    if far_lat > 0.25 and far_lon < far_lat / 2:
        yield (
            f"doubtful: no longitude lies beyond 90 degrees, and {100 * far_lat:.0f} per cent of "
            "the latitudes beyond 60 (13 on a sphere); are lon_deg and lat_deg swapped?"
        )


def _directions(craters: pd.DataFrame) -> NDArray[np.float64]:
    lon, lat = np.radians(craters[["lon_deg", "lat_deg"]].to_numpy(np.float64)).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
