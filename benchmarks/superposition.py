"""Which of two craters struck later: fit the weights of freshness, or score them.

``python benchmarks/superposition.py fit --first 9000 --planets 6 [--grey]`` prints the weights of
``ejmap_project/planetwide/impact_order.py``; ``score`` prints how many pairs are answered, and how
many of these are right.
Planets have 2048 px and 48 craters. Masks are the true ones, or those of a ready-made ensemble
(``--ensemble ready_colour``, some 20 s a planet). No planet may do both. The weights in use are of
planets 9000 to 9005 with the masks of ``ready_colour`` and, with ``--grey``, of ``ready_grey``.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ejmap_geo.maps.label_map import label_map
from ejmap_geo.planetwide.freshness import Layers, step_of_crater
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.bench.ensemble_entry import EnsembleEntry
from ejmap_project.bench.planets import BenchPlanet
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.planetwide.impact_order import (
    ANSWERED_FROM,
    COLOUR_WEIGHTS,
    GREY_WEIGHTS,
    freshness,
    in_spreads,
    probability_later,
)

Pair = tuple[int, int]


def mapped(arguments: argparse.Namespace, planet: Planet, seed: int) -> Planet:
    """Return a planet with the masks of the ensemble that is asked for, or as it is."""
    if not arguments.ensemble:
        return planet
    bundles = asked_bundles([Path(arguments.ensemble)])
    look = "grey" if arguments.grey else "colour"
    scene = BenchPlanet(look, seed, config_of(arguments))
    answer = EnsembleEntry(arguments.ensemble, bundles).planet_answer(scene, planet)
    return replace(planet, truth=dict(answer.masks))


def pairs_of(planet: Planet) -> list[Pair]:
    """Return the craters whose ejecta overlap."""
    ids = [one for one, mask in sorted(planet.truth.items()) if mask.window is not None]
    return [
        (a, b)
        for at, a in enumerate(ids)
        for b in ids[at + 1 :]
        if (window := planet.truth[a].window) is not None
        and (planet.truth[b].within(window, planet.basemap) & planet.truth[a].mask).any()
    ]


def steps_of(planet: Planet) -> dict[int, NDArray[np.float64]]:
    """Return the steps at the borders of ejecta in spreads of the ground, by crater."""
    counts = label_map(planet.truth, basemap=planet.basemap).overlap_count
    layers = Layers(planet.raster, counts, planet.basemap)
    return in_spreads(
        {
            one.crater_id: step_of_crater(layers, one, planet.truth[one.crater_id])
            for one in planet.craters
        }
    )


def planets(arguments: argparse.Namespace) -> Iterator[Planet]:
    """Make the planets that are asked for."""
    for seed in range(arguments.first, arguments.first + arguments.planets):
        yield mapped(arguments, make_planet(config_of(arguments), seed=seed), seed)


def config_of(arguments: argparse.Namespace) -> PlanetConfig:
    """Return what kind of planets are made."""
    return PlanetConfig(craters=48, bands=1 if arguments.grey else 3)


def fit(arguments: argparse.Namespace) -> None:
    """Print the weights that make the order of pairs likeliest."""
    rows: list[NDArray[np.float64]] = []
    for planet in planets(arguments):
        steps, place = steps_of(planet), {one: at for at, one in enumerate(planet.impact_order)}
        for a, b in pairs_of(planet):
            later, earlier = (a, b) if place[a] > place[b] else (b, a)
            rows.append(steps[later] - steps[earlier])
    differences = np.array([one for one in rows if np.isfinite(one).all()])

    def loss(weights: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -differences @ weights).mean() + 1e-3 * weights @ weights)

    found = minimize(loss, np.zeros(differences.shape[1])).x
    print(f"{len(differences)} pairs, weights {np.round(found, 2).tolist()}")


def score(arguments: argparse.Namespace) -> None:
    """Print pairs, the share that is answered, and how many of these are right."""
    weights = GREY_WEIGHTS if arguments.grey else COLOUR_WEIGHTS
    total = np.zeros(3, np.int64)
    stated: list[float] = []
    for planet in planets(arguments):
        fresh = freshness(steps_of(planet), weights)
        place = {one: at for at, one in enumerate(planet.impact_order)}
        counts = np.zeros(3, np.int64)
        for a, b in pairs_of(planet):
            later = probability_later(fresh[a], fresh[b])
            is_answered = max(later, 1 - later) >= ANSWERED_FROM
            is_right = (later > 0.5) == (place[a] > place[b])
            counts += (1, is_answered, is_answered and is_right)
            if is_answered:
                stated.append(max(later, 1 - later))
        print(_words(counts))
        total += counts
    print(f"all: {_words(total)}; they were stated as {np.mean(stated):.3f}")


def _words(counts: NDArray[np.int64]) -> str:
    pairs, answered, right = counts.tolist()
    return f"{pairs} pairs, {answered / pairs:.3f} answered, {right / max(answered, 1):.3f} right"


def main() -> None:
    """Fit or score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["fit", "score"])
    parser.add_argument("--first", type=int, default=9100, help="seed of the first planet")
    parser.add_argument("--planets", type=int, default=5)
    parser.add_argument("--grey", action="store_true")
    parser.add_argument("--ensemble", default="", help="ready-made ensemble that makes the masks")
    arguments = parser.parse_args()
    {"fit": fit, "score": score}[arguments.what](arguments)


if __name__ == "__main__":
    main()
