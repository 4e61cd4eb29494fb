"""Patterns of mapped craters against those of their true ejecta, on synthetic planets.

For areas, blankets, coverage, reach and rays the table shows correlation, bias of the sum and the
share of craters within a fifth: of mapped ejecta and, with ``--parts``, of the true mask after its
way through the view of the model (what resampling costs), of its found part alone (what missed
ejecta cost), and of it with all that is mapped (what invented ejecta cost). Below: how often the
stated intervals hold, factors that would (``--fit``), and how many oblique impacts are told.

Limits in use were set on planets 977, 978 and 9300 to 9307, so score others (a minute of CPU a
planet; five with ``--parts``). Planets are grey and have 2048 px.
"""

import argparse
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.masks.rim import circular_rim
from ejmap_geo.patterns.own_rays import RaySpan, own_end_m
from ejmap_geo.resampling.reproject import polar_to_azimuthal, to_basemap
from ejmap_geo.synthetic.impacts import Giants, draw_impacts
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_data import polar_target
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_project.analysis.crater_measures import Values, measure
from ejmap_project.analysis.stated_factors import FACTORS
from ejmap_project.analysis.surroundings import Surroundings
from ejmap_project.api.ejecta import EjectaLayers
from ejmap_project.api.model import Model
from ejmap_project.api.mosaic import CraterView, Mosaic

SHOWN = (
    *("ejecta_km2", "optical_blanket_radii", "coverage_radius_radii", "reach_99_radii"),
    *("longest_ray_radii", "ray_count", "total_ray_length_km"),
)
OWN = "own_longest_ray_radii"
WITHIN, WITHIN_DEG, LEVEL = 0.2, 20.0, 0.95
MAPPED = "mapped"

Mask = NDArray[np.bool_]


class Compared(NamedTuple):
    """A crater: what is measured of its true and of other ejecta, and how oblique it was."""

    true: Values
    others: Mapping[str, Values]
    zone_deg: float
    is_oblique: bool


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--craters", type=int, default=48)
    parser.add_argument("--giants", type=int, default=1)
    parser.add_argument("--visible", type=float, default=0.06, help="faintest light of true ejecta")
    parser.add_argument("--parts", action="store_true", help="what each kind of error costs")
    parser.add_argument("--fit", action="store_true", help="print factors for these planets")
    chosen = parser.parse_args()
    config = PlanetConfig(
        craters=chosen.craters, giants=chosen.giants, bands=1, visible_intensity=chosen.visible
    )
    model = Model.load("ready_grey")
    found = [
        one for seed in chosen.seeds for one in compared(config, seed, model, parts=chosen.parts)
    ]
    print("| quantity | mask | r | bias of the sum | within a fifth |")
    print("| --- | --- | --- | --- | --- |")
    for name in SHOWN:
        for mask in found[0].others:
            print(_row(name, mask, *_pairs(found, name, mask)))
    print(_row(OWN, MAPPED, *_pairs(found, OWN, MAPPED)))
    for name, (low, high) in FACTORS.items():
        true, measured = _pairs(found, name, MAPPED)
        holds = (true >= low * measured) & (true <= high * measured)
        print(f"{name}: {low} to {high} times hold {holds[measured > 0].mean():.3f}")
    if chosen.fit:
        for name in FACTORS:
            print(f"{name}: {_factors(*_pairs(found, name, MAPPED))}")
    print(f"true masks: {_directions(found, [one.true for one in found])}")
    print(f"mapped masks: {_directions(found, [one.others[MAPPED] for one in found])}")


def compared(config: PlanetConfig, seed: int, model: Model, *, parts: bool) -> list[Compared]:
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
    claims = Claims.none(planet)
    rays: list[list[RaySpan]] = []
    for crater, impact in zip(planet.craters, impacts, strict=True):
        view = mosaic.around(crater)
        truth = mask_to_azimuthal(
            planet.truth[crater.crater_id], basemap=planet.basemap, azimuthal=view.grid
        )
        around, mapped = _around(planet, crater, view, truth), model.predict(view)
        masks = _parts(planet, crater, view, truth, mapped.mask) if parts else {}
        others = {name: measure(around.with_mask(mask)).quantities for name, mask in masks.items()}
        as_mapped = _around(planet, crater, view, mapped.mask, mapped.probability)
        measured, true = measure(as_mapped), measure(around).quantities
        rays.append([RaySpan(*ray[:4]) for ray in measured.rays])
        claims.add(crater.crater_id, mapped, view)
        others[MAPPED] = measured.quantities
        shadow_deg = float(np.degrees(impact.deposit.shadow_rad))
        is_oblique = impact.deposit.shadow_half_rad > 0
        rows.append(Compared(true, others, shadow_deg, is_oblique))
    for row, crater, spans in zip(rows, planet.craters, rays, strict=True):
        is_own = partial(claims.is_own, crater.crater_id)
        ends_m = [own_end_m(span, is_own, center=crater.center, body=config.body) for span in spans]
        row.others[MAPPED][OWN] = np.nanmax([0.0, *ends_m]) / crater.radius_m
        row.true[OWN] = row.true["longest_ray_radii"]
    return rows


class Claims(NamedTuple):
    """The surest claimant of each pixel of a planet.

    Attributes:
        best: Its probability, 0 without one, ``(rows, cols)``.
        first: Its id.
        basemap: Grid of both.
    """

    best: NDArray[np.float32]
    first: NDArray[np.uint16]
    basemap: BasemapGrid

    @classmethod
    def none(cls, planet: Planet) -> "Claims":
        """Return a planet that nobody claims."""
        shape = planet.basemap.shape
        return cls(np.zeros(shape, np.float32), np.zeros(shape, np.uint16), planet.basemap)

    def add(self, crater_id: int, mapped: EjectaLayers, view: CraterView) -> None:
        """Let a crater claim its mask."""
        claimed = np.where(mapped.mask, mapped.probability, 0).astype(np.float32)
        whole = Window.whole(self.basemap.shape)
        sure = to_basemap(claimed, azimuthal=view.grid, basemap=self.basemap, window=whole)
        is_first = sure > self.best
        self.first[is_first] = crater_id
        self.best[is_first] = sure[is_first]

    def is_own(
        self, crater_id: int, lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]
    ) -> Mask:
        """Return whether a crater is the surest claimant of points."""
        return self.first[self.basemap.pixels(lon_deg, lat_deg)] == crater_id


def _parts(
    planet: Planet, crater: Crater, view: CraterView, truth: Mask, mapped: Mask
) -> dict[str, Mask]:
    """Return the true mask through the view and back, without what is missed, with inventions."""
    config = PolarViewConfig()
    share = polar_target(
        planet.truth[crater.crater_id], basemap=planet.basemap, crater=crater, config=config
    )
    polar = polar_grid(crater, body=planet.basemap.body, config=config)
    back = polar_to_azimuthal(share, polar=polar, azimuthal=view.grid) > 0.5
    return {"view": back, "missed": truth & mapped, "invented": truth | mapped}


def _around(
    planet: Planet,
    crater: Crater,
    view: CraterView,
    mask: Mask,
    probability: NDArray[np.float32] | None = None,
) -> Surroundings:
    rim = circular_rim(
        planet.basemap.body, radius_m=crater.radius_m, resolution_m=view.grid.resolution_m
    )
    return Surroundings(
        crater=crater,
        grid=view.grid,
        mask=mask,
        mosaic=view.raster,
        rim=rim,
        probability=probability,
    )


def _pairs(
    found: list[Compared], name: str, mask: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return true and measured values; 0 where there is nothing to measure."""
    true = [float(one.true[name]) for one in found]
    return np.nan_to_num(true), np.nan_to_num([float(one.others[mask][name]) for one in found])


def _row(name: str, mask: str, true: NDArray[np.float64], measured: NDArray[np.float64]) -> str:
    r = float(np.corrcoef(true, measured)[0, 1])
    bias = float(measured.sum() / true.sum()) - 1
    within = float((np.abs(measured - true) <= WITHIN * true).mean())
    return f"| {name} | {mask} | {r:.3f} | {bias:+.3f} | {within:.2f} |"


def _factors(true: NDArray[np.float64], measured: NDArray[np.float64]) -> tuple[float, float]:
    """Return the factors between which the true value of so many craters lies."""
    ratio = np.sort((true / np.maximum(measured, 1e-9))[measured > 0])
    outside = max(int((ratio.size + 1) * (1 - LEVEL) / 2), 1)
    return float(ratio[outside - 1]), float(ratio[-outside])


def _directions(found: list[Compared], values: list[Values]) -> str:
    told = np.array([float(one["downrange_deg"]) for one in values])
    is_oblique, is_told = np.array([one.is_oblique for one in found]), np.isfinite(told)
    zone_deg = np.array([one.zone_deg for one in found])
    away_deg = np.abs(np.nan_to_num((told - zone_deg) % 360 - 180, nan=180))
    is_right = is_oblique & is_told & (away_deg < WITHIN_DEG)
    return (
        f"{(is_oblique & is_told).sum()} of {is_oblique.sum()} oblique impacts told, "
        f"{is_right.sum()} within {WITHIN_DEG:.0f} degrees; {(~is_oblique & is_told).sum()} of "
        f"{(~is_oblique).sum()} others called oblique"
    )


if __name__ == "__main__":
    main()
