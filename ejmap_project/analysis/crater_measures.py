"""What is measured of the ejecta of one crater: its quantities, its rays, its published row."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.body import Body
from ejmap_geo.masks.denoise import denoised_by_sides
from ejmap_geo.patterns.asymmetry import Asymmetry, asymmetry
from ejmap_geo.patterns.coverage import coverage
from ejmap_geo.patterns.ejecta_thickness import LAWS, continuous_ejecta_m
from ejmap_geo.patterns.launch_speed import launch_speed_m_s
from ejmap_geo.patterns.orientation import off_centre_share, orientation
from ejmap_geo.patterns.polar_mask import PolarMask, polar_mask
from ejmap_geo.patterns.published_pattern import Row, published_pattern
from ejmap_geo.patterns.rays import Ray, find_rays
from ejmap_geo.patterns.ring_sums import RingSums, azimuth_deg, ring_sums
from ejmap_geo.patterns.rings import blanket_radius_px
from ejmap_project.analysis.surroundings import Surroundings

REACH_PERCENTS = (99, 95, 90, 75, 50, 25)
RAY_PERCENTS = (99, 95, 90, 50)

Values = dict[str, float | str]


class Measured(NamedTuple):
    """Everything that one crater's mask gives.

    Attributes:
        quantities: Quantities by name; NaN where there is none.
        rays: Its rays, by growing azimuth.
        published: Its published columns, with overlaps.
        sums: Its ejecta ring by ring.
        polar: Its surroundings by azimuth and distance.
        blanket_px: Radius of the optical blanket.
    """

    quantities: Values
    rays: list[Ray]
    published: Row
    sums: RingSums
    polar: PolarMask
    blanket_px: int

    @property
    def blanket_m(self) -> float:
        """Radius of the optical blanket in metres."""
        return self.blanket_px * self.sums.resolution_m


def measure(around: Surroundings) -> Measured:
    """Measure the ejecta of a crater.

    Areas and reach are those of the mask as mapped, rays those of what is likelier ejecta than not.
    The radius of the blanket and the published row are those of the mask as the published study
    denoises it.
    """
    crater, grid = around.crater, around.grid
    denoised = denoised_by_sides(around.mask)
    blanket_px = blanket_radius_px(denoised, azimuthal=grid, radius_m=crater.radius_m)
    published = published_row(around.with_mask(denoised), blanket_px=blanket_px)
    sums = ring_sums(around.mask, around.imaged, rim=around.rim, azimuthal=grid)
    polar = polar_mask(
        around.mask,
        around.mosaic,
        azimuthal=grid,
        radius_m=crater.radius_m,
        probability=around.probability,
    )
    directed, blanket_m = orientation(polar), blanket_px * grid.resolution_m
    from_m = max(blanket_m, crater.radius_m)
    rays = find_rays(polar, directed, radius_m=crater.radius_m, from_m=from_m)
    values: Values = {
        "radius_km": crater.radius_m / 1000,
        **_areas(sums, grid.body, radius_m=crater.radius_m, blanket_m=blanket_m),
        **_blanket(sums, grid.body, radius_m=crater.radius_m, blanket_m=blanket_m),
        **_reach(sums, grid.body, radius_m=crater.radius_m),
        **_rays(rays, grid.body, radius_m=crater.radius_m),
        "off_centre_share": off_centre_share(directed, polar, from_m=from_m),
        **_asymmetry(asymmetry(polar, radius_m=crater.radius_m), sums),
        **_thickness(radius_m=crater.radius_m, blanket_m=blanket_m),
        **_brightness(polar, blanket_m=blanket_m),
    }
    return Measured(values, rays, published, sums, polar, blanket_px)


def published_row(around: Surroundings, *, blanket_px: float) -> Row:
    """Return the published columns of a mask that is denoised already."""
    return published_pattern(
        around.mask,
        around.mosaic,
        rim=around.rim,
        radius_px=around.radius_px,
        blanket_px=blanket_px,
    )


def ray_rows(rays: list[Ray], body: Body, *, radius_m: float) -> list[dict[str, float]]:
    """Return the table of rays, one row each, in the columns of ``OF_RAY``."""
    return [
        {
            "azimuth_deg": ray.azimuth_deg,
            "spread_deg": ray.spread_deg,
            "start_km": ray.start_m / 1000,
            "end_km": ray.end_m / 1000,
            "length_km": ray.length_m / 1000,
            "length_radii": ray.length_m / radius_m,
            "length_deg": math.degrees(ray.length_m / body.radius_m),
            "width_km": ray.width_m / 1000,
            "area_km2": ray.area_m2 / 1e6,
            "contrast": ray.contrast,
            "straightness": ray.straightness,
            "aligned_share": ray.aligned_share,
            "launch_speed_km_s": launch_speed_m_s(body, ray.end_m) / 1000,
        }
        for ray in rays
    ]


def _areas(sums: RingSums, body: Body, *, radius_m: float, blanket_m: float) -> Values:
    area_m2 = sums.area_m2()
    planet_m2 = 4 * math.pi * body.radius_m**2
    rings = np.arange(sums.ejecta_px.size)
    whole_px = math.pi * (rings[-1] + 1) ** 2 - math.pi * (radius_m / sums.resolution_m) ** 2
    return {
        "imaged_share": min(float(sums.imaged_px.sum()) / whole_px, 1.0),
        "ejecta_km2": area_m2 / 1e6,
        "inside_rim_km2": sums.inside_m2 / 1e6,
        "blanket_km2": sums.area_m2(to_m=blanket_m) / 1e6,
        "rays_km2": sums.area_m2(from_m=blanket_m) / 1e6,
        "ejecta_rim_areas": area_m2 / (math.pi * radius_m**2),
        "ejecta_share_of_planet": area_m2 / planet_m2,
    }


def _blanket(sums: RingSums, body: Body, *, radius_m: float, blanket_m: float) -> Values:
    covered = coverage(sums)
    continuous_m = continuous_ejecta_m(body, radius_m=radius_m)
    return {
        "coverage_radius_km": covered.radius_m / 1000,
        "coverage_radius_radii": covered.radius_m / radius_m,
        "coverage_slope": covered.slope,
        "optical_blanket_km": blanket_m / 1000,
        "optical_blanket_radii": blanket_m / radius_m,
        "continuous_ejecta_km": continuous_m / 1000,
        "optical_to_continuous": blanket_m / continuous_m,
    }


def _reach(sums: RingSums, body: Body, *, radius_m: float) -> Values:
    # Nothing reaches anywhere where there are no ejecta.
    farthest_m = sums.farthest_m or math.nan
    within_m = sums.reach_m([percent / 100 for percent in REACH_PERCENTS])
    reach = dict(zip(REACH_PERCENTS, within_m.tolist(), strict=True))
    offset_m = sums.offset_m()
    return {
        "reach_max_km": farthest_m / 1000,
        "reach_max_radii": farthest_m / radius_m,
        "reach_max_deg": math.degrees(farthest_m / body.radius_m),
        **{f"reach_{percent}_km": one / 1000 for percent, one in reach.items()},
        "reach_99_radii": reach[99] / radius_m,
        "reach_50_radii": reach[50] / radius_m,
        "offset_km": abs(offset_m) / 1000,
        "offset_azimuth_deg": azimuth_deg(offset_m / sums.resolution_m),
        "launch_speed_max_km_s": launch_speed_m_s(body, farthest_m) / 1000,
    }


def _rays(rays: list[Ray], body: Body, *, radius_m: float) -> Values:
    longest = max(rays, key=lambda ray: ray.end_m, default=None)
    end_m = math.nan if longest is None else longest.end_m
    length_m = np.array([ray.length_m for ray in rays])
    quantiles = (
        np.percentile(length_m, RAY_PERCENTS) if rays else np.full(len(RAY_PERCENTS), np.nan)
    )
    area_m2 = np.array([ray.area_m2 for ray in rays])
    return {
        "ray_count": len(rays),
        "longest_ray_km": end_m / 1000,
        "longest_ray_radii": end_m / radius_m,
        "longest_ray_deg": math.degrees(end_m / body.radius_m),
        "longest_ray_azimuth_deg": math.nan if longest is None else longest.azimuth_deg,
        **{
            f"ray_length_{percent}_km": float(one) / 1000
            for percent, one in zip(RAY_PERCENTS, quantiles, strict=True)
        },
        "total_ray_length_km": float(length_m.sum()) / 1000,
        "mean_ray_width_km": _mean([ray.width_m for ray in rays], length_m) / 1000,
        "mean_ray_contrast": _mean([ray.contrast for ray in rays], area_m2),
        "mean_ray_straightness": _mean([ray.straightness for ray in rays], length_m),
    }


def _asymmetry(found: Asymmetry, sums: RingSums) -> Values:
    gap, joint, zone = found.gap, found.joint_gap, found.zone
    return {
        "area_dipole": abs(sums.moment(1)),
        "area_quadrupole": abs(sums.moment(2)),
        "near_dipole": found.dipole,
        "near_dipole_deg": found.dipole_deg,
        "near_quadrupole": found.quadrupole,
        "near_quadrupole_axis_deg": found.quadrupole_deg,
        "longest_empty_deg": found.empty_deg,
        "avoidance_azimuth_deg": zone.azimuth_deg if zone else math.nan,
        "avoidance_width_deg": zone.width_deg if zone else math.nan,
        "gap_explained": gap.explained if gap else math.nan,
        "gap_left": gap.left if gap else math.nan,
        "joint_explained": joint.explained if joint else math.nan,
        "joint_left": joint.left if joint else math.nan,
        "downrange_deg": found.downrange_deg,
        "impact_class": found.impact_class.value,
    }


def _thickness(*, radius_m: float, blanket_m: float) -> Values:
    edge_m = blanket_m if blanket_m > radius_m else math.nan
    values: Values = {}
    volumes = [law.volume_m3(radius_m=radius_m) for law in LAWS.values()]
    for (name, law), volume_m3 in zip(LAWS.items(), volumes, strict=True):
        values[f"{name}_rim_m"] = law.rim_m(radius_m)
        values[f"{name}_edge_m"] = law.thickness_m(edge_m, radius_m=radius_m)
        values[f"{name}_volume_km3"] = volume_m3 / 1e9
    return {**values, "volume_spread": max(volumes) / min(volumes)}


def _brightness(polar: PolarMask, *, blanket_m: float) -> Values:
    first = polar.first_row(blanket_m)
    weight = np.broadcast_to(polar.cell_m2[:, None], polar.is_ejecta.shape)
    values: Values = {}
    for part, rows in (("blanket", slice(None, first)), ("rays", slice(first, None))):
        # Ejecta count as imaged, but pixels without data have no brightness.
        seen = polar.is_ejecta[rows] & (polar.brightness[rows] > 0)
        values[f"{part}_brightness"] = _mean(polar.brightness[rows][seen], weight[rows][seen])
    return values


def _mean(values: NDArray[np.floating] | list[float], weights: NDArray[np.float64]) -> float:
    """Return the weighted mean of what is known; NaN without anything."""
    given = np.asarray(values, np.float64)
    is_known = ~np.isnan(given)
    if not is_known.any() or weights[is_known].sum() == 0:
        return math.nan
    return float(np.average(given[is_known], weights=weights[is_known]))
