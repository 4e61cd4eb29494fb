"""Entries that learn nothing but a threshold: three tuned rules, and Otsu's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import body_named
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.baselines import RULES, RuleSetting, rule_histogram, tune_rules
from ejmap_project.bench.entry import Entry, PlanetAnswer
from ejmap_project.bench.planets import BenchPlanet, BenchSet
from ejmap_project.bench.rules import Brightness, brightness_of, otsu_mask, rule_mask
from ejmap_project.digest import content_version
from ejmap_project.reference.masks import MaskFunction, mask_of_basemap
from ejmap_project.reference.reference_mosaics import reference_mosaic
from ejmap_project.reference.reference_set import DrawnCrater

# Raised when a rule draws other masks.
RULES_VERSION = "1"

# The mask of a crater, by the number of bands of the mosaic.
Draw = Callable[[Brightness, Crater, int], PlacedMask]


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule.

    Attributes:
        name: How tables call it.
        tuned_on: Digest of what it was tuned on.
        draw: How it maps a crater.
    """

    name: str
    tuned_on: str
    draw: Draw

    @property
    def model_version(self) -> None:
        """A rule has no weights."""
        return

    @property
    def members(self) -> Sequence[Entry]:
        """A rule has no members."""
        return ()

    def version(self, scene: str, bands: int) -> str:
        """Return a digest of the rule; it maps everything."""
        return content_version(RULES_VERSION, self.name, self.tuned_on, scene, str(bands))

    def planet_answer(self, scene: BenchPlanet, planet: Planet) -> PlanetAnswer:
        """Map the craters of a planet."""
        brightness = brightness_of(planet.raster, planet.basemap)
        bands = scene.config.bands
        return PlanetAnswer(
            {one.crater_id: self.draw(brightness, one, bands) for one in planet.craters}
        )

    def crater_masks(self, body: str, craters: Sequence[DrawnCrater]) -> Sequence[MaskFunction]:
        """Map real craters, by the rule that was tuned on grey planets."""
        raster, basemap = reference_mosaic(body_named(body))
        brightness = brightness_of(raster, basemap)
        masks: list[MaskFunction] = []
        for one in craters:
            full = np.zeros(basemap.shape, np.bool_)
            self.draw(brightness, one.crater.as_crater(), len(raster)).paste_into(full)
            masks.append(mask_of_basemap(full, basemap, center=one.crater.center))
        return masks


def rule_entries(bench: BenchSet, work: Path) -> list[Entry]:
    """Return the tuned rules and Otsu's threshold; rules are tuned when the first one maps.

    Args:
        bench: Its tuning planets are what rules are tuned on.
        work: Folder of the bench.
    """

    @cache
    def tuned(bands: int) -> dict[str, RuleSetting]:
        planets = [one.made(work) for one in bench.tuning if one.config.bands == bands]
        counts = [
            rule_histogram(one.raster, one.truth, basemap=one.basemap, craters=one.craters)
            for one in planets
        ]
        return {one.rule: one for one in tune_rules(sum(counts[1:], start=counts[0]))}

    def drawing(rule: str) -> Draw:
        return lambda brightness, crater, bands: rule_mask(tuned(bands)[rule], brightness, crater)

    planets = content_version(*(one.version for one in bench.tuning))
    rules: list[Entry] = [RuleEntry(rule, planets, drawing(rule)) for rule in RULES]
    otsu = RuleEntry(
        "Otsu's threshold", "", lambda brightness, crater, _: otsu_mask(brightness, crater)
    )
    return [*rules, otsu]
