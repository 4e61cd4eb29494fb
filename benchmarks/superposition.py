"""Which of two craters struck later: fit the weights of freshness, or score them.

``python benchmarks/superposition.py fit --first 9000 --planets 4 [--grey]`` prints the weights of
``ejmap_project/planetwide/impact_order.py``; ``score`` prints how many pairs are answered, and how
many of these are right.
Planets have 2048 px and 48 craters, and younger ejecta bury older ones. Masks are the true ones, or
those of a ready-made ensemble (``--ensemble ready_colour``, some 20 s a planet). No planet may do
both. The weights in use are of planets 9000 to 9003 with the masks of ``ready_colour`` and, with
``--grey``, of 9010 to 9013 with those of ``ready_grey``.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ejmap_geo.grids.window import Window
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.planetwide.freshness import Layers, QuickColours, colours_of_crater
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.bench.ensemble_entry import EnsembleEntry
from ejmap_project.bench.planets import BenchPlanet
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.planetwide.impact_order import (
    ANSWERED_FROM,
    OF_COLOUR,
    OF_GREY,
    freshness,
    probability_later,
    signs_of,
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


def colours_of(planet: Planet) -> dict[int, QuickColours]:
    """Return how bands change over short distances on the ejecta of each crater."""
    counts = label_map(planet.truth, basemap=planet.basemap).overlap_count
    layers = Layers(planet.raster, counts, Window.whole(counts.shape), planet.basemap)
    return {
        one.crater_id: colours_of_crater(layers, one, planet.truth[one.crater_id])
        for one in planet.craters
    }


def planets(arguments: argparse.Namespace) -> Iterator[Planet]:
    """Make the planets that are asked for."""
    for seed in range(arguments.first, arguments.first + arguments.planets):
        yield mapped(arguments, make_planet(config_of(arguments), seed=seed), seed)


def config_of(arguments: argparse.Namespace) -> PlanetConfig:
    """Return what kind of planets are made."""
    return PlanetConfig(craters=48, bands=1 if arguments.grey else 3, superposed=True)


def fit(arguments: argparse.Namespace) -> None:
    """Print the weights that make the order of pairs likeliest."""
    signs = OF_GREY if arguments.grey else OF_COLOUR
    rows: list[NDArray[np.float64]] = []
    for planet in planets(arguments):
        place = {one: at for at, one in enumerate(planet.impact_order)}
        found = signs_of(colours_of(planet), signs)
        for a, b in pairs_of(planet):
            later, earlier = (a, b) if place[a] > place[b] else (b, a)
            rows.append(found[later] - found[earlier])
    differences = np.array([one for one in rows if np.isfinite(one).all()])
    if arguments.grey:
        # Of one band, the slope of colour on brightness is 1.
        differences[:, 0] = 0

    def loss(weights: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -differences @ weights).mean() + 1e-3 * weights @ weights)

    weights = minimize(loss, np.zeros(2)).x
    print(f"{len(differences)} pairs, slope and strength {np.round(weights, 2).tolist()}")


def score(arguments: argparse.Namespace) -> None:
    """Print pairs, the share that is answered, and how many of these are right."""
    signs = OF_GREY if arguments.grey else OF_COLOUR
    surely: list[tuple[float, bool]] = []
    for planet in planets(arguments):
        fresh = freshness(colours_of(planet), signs)
        place = {one: at for at, one in enumerate(planet.impact_order)}
        answers: list[tuple[float, bool]] = []
        for a, b in pairs_of(planet):
            later = probability_later(fresh[a], fresh[b])
            answers.append((max(later, 1 - later), (later > 0.5) == (place[a] > place[b])))
        print(_words(answers))
        surely += answers
    print(f"all: {_words(surely)}")
    ranked = sorted(surely, reverse=True)
    for share in (0.2, 0.3, 0.5, 1.0):
        right = np.mean([is_right for _, is_right in ranked[: round(share * len(ranked))]])
        print(f"of the surest {share:.0%} are right {right:.3f}")


def _words(answers: list[tuple[float, bool]]) -> str:
    told = [one for one in answers if one[0] >= ANSWERED_FROM]
    stated, right = np.mean(told, axis=0) if told else (np.nan, np.nan)
    share = len(told) / max(len(answers), 1)
    return f"{len(answers)} pairs, {share:.3f} answered, {right:.3f} right, stated {stated:.3f}"


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
