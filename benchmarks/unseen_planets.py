"""How good the demo's models are on planets never seen: scores by seed, mean and range.

Run `make demo` first; its promoted EJSEG maps every crater, its training planets tune
the rules. One line a planet, then mean and range, and the CPU seconds that a crater takes.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.mosaic import is_set
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.reproject import covering_window, to_basemap
from ejmap_geo.scores.agreement import Confusion, origin_agreement, placed_confusion
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_ml.baselines import RuleHistogram, rule_histogram, score_rule, tune_rules
from ejmap_ml.bundles.network import NormalizedNetwork
from ejmap_ml.config.model_config import PolarUnetConfig
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_predict import map_crater
from ejmap_ml.ejseg.polar_view import polar_grid, polar_view
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.models.promotion import promoted_bundles
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import SyntheticTraining
from ejmap_project.sources.known_planets import known_planets


def main() -> None:
    """Print the table."""
    chosen = _arguments()
    project = OpenProject.at(chosen.project)
    training = project.settings.training
    if not isinstance(training, SyntheticTraining):
        raise SystemExit(f"{chosen.project} did not learn from synthetic planets")
    seen = set(training.seeds) & set(chosen.seeds)
    if seen:
        raise SystemExit(f"seeds {sorted(seen)} were trained on; choose others")
    bundles = promoted_bundles(project, "ejseg")
    architecture = bundles[0].config.architecture
    if not isinstance(architecture, PolarUnetConfig):
        raise SystemExit("the promoted EJSEG is no polar model; promote one")
    networks = [bundle.build() for bundle in bundles]
    tuned = tune_rules(counted(planet for _, planet in known_planets(project)))
    config = PlanetConfig(
        body=project.settings.planet,
        width_px=training.width_px,
        craters=training.craters,
        bands=1 if training.grey else 3,
    )
    rows: list[dict[str, float]] = []
    for seed in chosen.seeds:
        planet = make_planet(config, seed=seed)
        rules = counted([planet])
        row = scores_of(planet, networks, view=architecture.view)
        row |= {setting.rule: score_rule(setting, rules) for setting in tuned}
        best = max(row[setting.rule] for setting in tuned)
        rows.append({"seed": seed, **row, "lead": row["pixel F1"] - best})
        print(pd.DataFrame(rows[-1:]).to_string(index=False, float_format="{:.3f}".format))
    print_summary(pd.DataFrame(rows).set_index("seed"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=Path("projects/demo"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[100, 101, 102])
    return parser.parse_args()


def scores_of(
    planet: Planet, networks: Sequence[NormalizedNetwork], *, view: PolarViewConfig
) -> dict[str, float]:
    """Return the scores of the maps of all craters of a planet, and what a crater costs."""
    begun_s = time.process_time()
    predicted = {
        crater.crater_id: mapped(planet, crater, networks, view=view) for crater in planet.craters
    }
    seconds = time.process_time() - begun_s
    pixels = Confusion()
    for crater_id, truth in planet.truth.items():
        pixels += placed_confusion(predicted[crater_id], truth, basemap=planet.basemap)
    origin = origin_agreement(predicted, planet.truth, basemap=planet.basemap)
    return {
        "pixel F1": pixels.f1,
        "IoU": pixels.iou,
        "origin": origin.origin_accuracy,
        "right claims": origin.claim_precision,
        "CPU s/crater": seconds / len(planet.craters),
    }


def mapped(
    planet: Planet, crater: Crater, networks: Sequence[NormalizedNetwork], *, view: PolarViewConfig
) -> PlacedMask:
    """Return the mask of a crater's ejecta that the ensemble makes, on the basemap."""
    azimuthal = azimuthal_grid(crater, planet.basemap)
    layers = map_crater(
        networks,
        polar_view(planet.raster, basemap=planet.basemap, crater=crater, config=view),
        polar=polar_grid(crater, body=planet.basemap.body, config=view),
        azimuthal=azimuthal,
        border=networks[0].border,
    )
    corner_m = np.sqrt(2) * azimuthal.half_size_px * azimuthal.resolution_m
    window = covering_window(azimuthal, planet.basemap, reach_m=corner_m)
    mask = to_basemap(
        is_set(layers.probability), azimuthal=azimuthal, basemap=planet.basemap, window=window
    )
    return PlacedMask.in_window(mask, window=window, basemap=planet.basemap)


def counted(planets: Iterator[Planet] | Sequence[Planet]) -> RuleHistogram:
    """Return the pixels of planets, counted for the rules."""
    counts = [
        rule_histogram(one.raster, one.truth, basemap=one.basemap, craters=one.craters)
        for one in planets
    ]
    return sum(counts[1:], start=counts[0])


def print_summary(table: pd.DataFrame) -> None:
    """Print mean and range of the columns."""
    summary = pd.DataFrame({"mean": table.mean(), "lowest": table.min(), "highest": table.max()})
    print(f"\n{len(table)} unseen planets")
    print(summary.to_string(float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
