"""Where a ready-made ensemble loses pixel F1 on unseen planets: by range, at edges, to others.

*There and back* is the F1 that a true mask keeps on its way through the polar view. With a
tolerance, a pixel is right if a pixel of the other mask lies no farther away. Planets are of seeds
that nothing else uses.
"""

import argparse
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.reproject import polar_to_azimuthal, to_basemap
from ejmap_geo.synthetic.planet import Planet, make_planet
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_data import polar_target
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.bench.ensemble_entry import EnsembleEntry
from ejmap_project.bench.planets import BenchPlanet
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.training.calibrated import polar_view_of
from ejmap_project.training.ready_kinds import GREY, KINDS

EDGES_RADII = (1.0, 2.0, 4.0, 6.0, 10.0, 15.0, 25.0, 40.0, 80.0)
RANGES = len(EDGES_RADII) - 1
TOLERANCES_PX = (0.0, 1.0, 2.0, 3.0)
SHORT = "{:.3f}".format

Mask = NDArray[np.bool_]
Counted = NDArray[np.integer] | NDArray[np.floating]


class Counts(NamedTuple):
    """Pixels of craters outside of their rims; counts of several craters add up.

    Attributes:
        by_range: Right, invented and missed pixels; then the same of the true mask after its way
            through the view, ``(6, ranges)``.
        near: Mapped pixels near a true one and true pixels near a mapped one, ``(2, tolerances)``.
        invented: Invented pixels, and those of them that are ejecta of another crater.
    """

    by_range: NDArray[np.int64]
    near: NDArray[np.int64]
    invented: NDArray[np.int64]


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[451, 452, 453])
    parser.add_argument("--ensemble", choices=[one.name for one in KINDS], default=GREY.name)
    chosen = parser.parse_args()
    bundles = asked_bundles([Path(chosen.ensemble)])
    kind = next(one for one in KINDS if one.name == chosen.ensemble)
    view, entry = polar_view_of(bundles), EnsembleEntry(kind.name, bundles)
    counted: list[Counts] = []
    for seed in chosen.seeds:
        planet = make_planet(kind.planet, seed=seed)
        masks = entry.planet_answer(BenchPlanet(kind.reads, seed, kind.planet), planet).masks
        counted += [
            _counts(planet, crater, masks[crater.crater_id], view=view) for crater in planet.craters
        ]
    total = Counts(*(np.sum(parts, axis=0) for parts in zip(*counted, strict=True)))
    _print(total)


def _counts(planet: Planet, crater: Crater, found: PlacedMask, *, view: PolarViewConfig) -> Counts:
    whole = Window.whole(planet.basemap.shape)
    truth = planet.truth[crater.crater_id]
    is_found, is_true = (one.within(whole, planet.basemap) for one in (found, truth))
    distance_m = basemap_distance_m(planet.basemap, whole, origin=crater.center)
    place = np.digitize(distance_m / crater.radius_m, EDGES_RADII)
    back = _there_and_back(planet, crater, view=view)
    parts = [part for mask in (is_found, back) for part in _compared(mask, is_true)]
    others = np.zeros_like(is_true)
    for crater_id, mask in planet.truth.items():
        if crater_id != crater.crater_id:
            mask.paste_into(others)
    invented = is_found & ~is_true
    return Counts(
        by_range=np.array([np.bincount(place[one], minlength=RANGES + 2)[1:-1] for one in parts]),
        near=_near(is_found, is_true),
        invented=np.array([invented.sum(), (invented & others).sum()]),
    )


def _compared(mask: Mask, truth: Mask) -> tuple[Mask, Mask, Mask]:
    """Return what is right, invented and missed."""
    return mask & truth, mask & ~truth, ~mask & truth


def _there_and_back(planet: Planet, crater: Crater, *, view: PolarViewConfig) -> Mask:
    """Return the true mask as it comes back from the polar view of the crater."""
    basemap = planet.basemap
    target = polar_target(
        planet.truth[crater.crater_id], basemap=basemap, crater=crater, config=view
    )
    azimuthal = azimuthal_grid(crater, basemap)
    polar = polar_grid(crater, body=basemap.body, config=view)
    around = polar_to_azimuthal(target, polar=polar, azimuthal=azimuthal)
    whole = Window.whole(basemap.shape)
    return to_basemap(around, azimuthal=azimuthal, basemap=basemap, window=whole) > 0.5


def _near(found: Mask, truth: Mask) -> NDArray[np.int64]:
    """Return how many pixels of each mask have one of the other within each tolerance."""
    counts = np.zeros((2, len(TOLERANCES_PX)), np.int64)
    # Across the antimeridian, pixels are neighbours too.
    margin = int(max(TOLERANCES_PX)) + 1
    for row, (one, other) in enumerate(((found, truth), (truth, found))):
        if not other.any():
            continue
        wide = np.pad(other, ((0, 0), (margin, margin)), mode="wrap")
        away_px = np.asarray(distance_transform_edt(~wide))[:, margin:-margin]
        counts[row] = [np.count_nonzero(one & (away_px <= px)) for px in TOLERANCES_PX]
    return counts


def _print(total: Counts) -> None:
    right, invented, missed, *back = total.by_range
    print("by range in crater radii")
    table = pd.DataFrame(
        {
            "F1": _f1(right, invented, missed),
            "precision": right / (right + invented),
            "recall": right / (right + missed),
            "share of wrong": (invented + missed) / (invented + missed).sum(),
            "there and back": _f1(*back),
        },
        index=[f"{low:g}-{high:g}" for low, high in pairwise(EDGES_RADII)],
    )
    print(table.T.to_string(float_format=SHORT))
    mapped_px, true_px = (right + invented).sum(), (right + missed).sum()
    precision, recall = total.near[0] / mapped_px, total.near[1] / true_px
    print("\nF1 by tolerance in pixels")
    f1 = 2 * precision * recall / (precision + recall)
    print(pd.Series(f1, index=TOLERANCES_PX).to_string(float_format=SHORT))
    print(f"\nthere and back: F1 {_f1(*(one.sum() for one in back)):.3f}")
    print(
        f"invented pixels on another crater's ejecta: {total.invented[1] / total.invented[0]:.3f}"
    )


def _f1(right: Counted, invented: Counted, missed: Counted) -> Counted:
    return 2 * right / (2 * right + invented + missed)


if __name__ == "__main__":
    main()
