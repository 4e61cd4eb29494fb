"""Patterns of mapped craters against those of their true ejecta, on synthetic planets.

Prints correlation and bias of areas, blankets, coverage and rays, and how many directions of
oblique impacts are told. Planets are grey, with 2048 px, 48 craters and faint ejecta; the limits in
use were set on 977, 978 and 9200 to 9202, so score others (half a minute of CPU a planet).
"""

import argparse
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.masks.rim import circular_rim
from ejmap_geo.synthetic.impacts import Giants, draw_impacts
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.analysis.crater_measures import measure
from ejmap_project.analysis.surroundings import Surroundings
from ejmap_project.api.model import Model
from ejmap_project.api.mosaic import CraterView, Mosaic

SHOWN = ("ejecta_km2", "optical_blanket_radii", "coverage_radius_radii", "longest_ray_radii")
WITHIN_DEG = 20.0


class Compared(NamedTuple):
    """A crater: what is measured of its true and of its mapped ejecta, and how oblique it was."""

    values: tuple[dict[str, float | str], dict[str, float | str]]
    zone_deg: float
    is_oblique: bool


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--giants", type=int, default=1)
    arguments = parser.parse_args()
    config = PlanetConfig(craters=48, giants=arguments.giants, bands=1, visible_intensity=0.06)
    model = Model.load("ready_grey")
    found = [one for seed in arguments.seeds for one in compared(config, seed, model)]
    for name in SHOWN:
        truth, mapped = (
            np.nan_to_num([float(one.values[k][name]) for one in found]) for k in (0, 1)
        )
        r = float(np.corrcoef(truth, mapped)[0, 1])
        print(
            f"{name}: r {r:.3f}, sum of mapped over that of true {mapped.sum() / truth.sum():.3f}"
        )
    counts = np.array([[float(one.values[k]["ray_count"]) for one in found] for k in (0, 1)])
    is_within = np.abs(counts[1] - counts[0]) <= 0.2 * counts[0]
    print(f"number of rays within a fifth: {is_within.mean():.2f}")
    for what, index in (("true", 0), ("mapped", 1)):
        print(f"{what} masks: {_directions(found, index)}")


def compared(config: PlanetConfig, seed: int, model: Model) -> list[Compared]:
    """Map and measure the craters of a planet."""
    planet = make_planet(config, seed=seed)
    mosaic = Mosaic(raster=planet.raster, grid=planet.basemap, bands="grey")
    # The second stream of the generator draws the impacts.
    impacts = draw_impacts(
        config.body,
        count=config.craters,
        giants=Giants(config.giants, config.giant_ray_width),
        radius_m=(config.smallest_radius_m, config.largest_radius_m),
        brightness=(0.6, 1.0),
        rng=np.random.default_rng(seed).spawn(8)[1],
    )
    rows: list[Compared] = []
    for crater, impact in zip(planet.craters, impacts, strict=True):
        view = mosaic.around(crater)
        truth = mask_to_azimuthal(
            planet.truth[crater.crater_id], basemap=planet.basemap, azimuthal=view.grid
        )
        true, mapped = (
            measure(_around(planet, crater, view, mask)).quantities
            for mask in (truth, model.predict(view).mask)
        )
        deposit = impact.deposit
        zone_deg = float(np.degrees(deposit.shadow_rad))
        rows.append(Compared((true, mapped), zone_deg, deposit.shadow_half_rad > 0))
    return rows


def _around(
    planet: Planet, crater: Crater, view: CraterView, mask: NDArray[np.bool_]
) -> Surroundings:
    rim = circular_rim(
        planet.basemap.body, radius_m=crater.radius_m, resolution_m=view.grid.resolution_m
    )
    return Surroundings(crater=crater, grid=view.grid, mask=mask, mosaic=view.raster, rim=rim)


def _directions(found: list[Compared], index: int) -> str:
    told = [float(one.values[index]["downrange_deg"]) for one in found]
    is_oblique = np.array([one.is_oblique for one in found])
    is_told = np.isfinite(told)
    away = np.array([(at - one.zone_deg) % 360 - 180 for at, one in zip(told, found, strict=True)])
    is_right = is_oblique & is_told & (np.abs(np.nan_to_num(away, nan=180)) < WITHIN_DEG)
    return (
        f"{(is_oblique & is_told).sum()} of {is_oblique.sum()} oblique impacts told, "
        f"{is_right.sum()} within {WITHIN_DEG:.0f} degrees; {(~is_oblique & is_told).sum()} of "
        f"{(~is_oblique).sum()} others called oblique"
    )


if __name__ == "__main__":
    main()
