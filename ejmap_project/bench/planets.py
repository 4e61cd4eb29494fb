"""The planets of the bench: frozen seeds that nothing trains, calibrates or tunes on."""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_geo.whole_file import write_text
from ejmap_project.digest import content_version
from ejmap_project.files.planet_files import planet_version, read_planet, write_planet
from ejmap_project.reference.reference_set import DrawnCrater, reference_set, set_version

# One band, as most mosaics have, or PC2, PC1 and the 430/1000 nm ratio.
Look = Literal["grey", "colour"]
# Five planets a look are scored; rules are tuned on two others.
SCORED_SEEDS: dict[Look, tuple[int, ...]] = {
    "grey": (901, 902, 903, 904, 905),
    "colour": (911, 912, 913, 914, 915),
}
TUNING_SEEDS: dict[Look, tuple[int, ...]] = {"grey": (921, 922), "colour": (931, 932)}
MADE_BY = "made_by.txt"
SMALL_PX = 256


@dataclass(frozen=True, slots=True)
class BenchPlanet:
    """A planet by its seed.

    Attributes:
        look: What its mosaic shows.
        seed: Seed of :func:`ejmap_geo.synthetic.planet.make_planet`.
        config: What kind of planet it is.
    """

    look: Look
    seed: int
    config: PlanetConfig

    @property
    def name(self) -> str:
        """How its folder is called."""
        return f"{self.look}_{self.seed}"

    @property
    def version(self) -> str:
        """A digest of what it is made by: equal digests, equal planets."""
        return content_version(_small_version(self.config), repr(self.config), str(self.seed))

    def made(self, work: Path) -> Planet:
        """Return the planet; it is made once and then read from the folder of the bench.

        Args:
            work: Folder of the bench.

        Raises:
            GeoError: If a file was changed by hand.
        """
        folder = work / "planets" / self.name
        stamp = folder / MADE_BY
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != self.version:
            write_planet(folder, make_planet(self.config, seed=self.seed))
            write_text(stamp, self.version)
        return read_planet(folder, body=self.config.body)


def planet_config(look: Look) -> PlanetConfig:
    """Return what kind of planet is scored: faint ejecta and four giants among 24 craters."""
    return PlanetConfig(
        width_px=2048,
        craters=24,
        giants=4,
        bands=1 if look == "grey" else 3,
        visible_intensity=0.06,
    )


def _frozen(seeds: dict[Look, tuple[int, ...]]) -> tuple[BenchPlanet, ...]:
    return tuple(
        BenchPlanet(look, seed, planet_config(look))
        for look, many in seeds.items()
        for seed in many
    )


@dataclass(frozen=True, slots=True)
class BenchSet:
    """Everything that entries are scored on.

    Attributes:
        planets: Planets with known ejecta.
        tuning: Planets that rules are tuned on.
        craters: Real craters that somebody drew.
    """

    planets: tuple[BenchPlanet, ...] = field(default_factory=lambda: _frozen(SCORED_SEEDS))
    tuning: tuple[BenchPlanet, ...] = field(default_factory=lambda: _frozen(TUNING_SEEDS))
    craters: tuple[DrawnCrater, ...] = field(
        default_factory=lambda: tuple(reference_set(part="decide"))
    )

    @property
    def planets_version(self) -> str:
        """A digest of the planets: scores with equal digests can be compared."""
        return content_version(*(one.version for one in (*self.planets, *self.tuning)))

    @property
    def craters_version(self) -> str:
        """A digest of the real craters and their drawings."""
        return set_version(self.craters)

    @property
    def bodies(self) -> tuple[str, ...]:
        """The bodies of the real craters, in alphabetical order."""
        return tuple(sorted({one.crater.body.name for one in self.craters}))

    def craters_of(self, body: str) -> tuple[DrawnCrater, ...]:
        """Return the real craters of a body; their ids in the bench count from 1 in this order."""
        return tuple(one for one in self.craters if one.crater.body.name == body)


@cache
def _small_version(config: PlanetConfig) -> str:
    """Return a digest of a small planet: it changes when the generator makes other planets."""
    return planet_version(make_planet(replace(config, width_px=SMALL_PX), seed=0))
