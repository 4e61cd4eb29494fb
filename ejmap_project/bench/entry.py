"""What takes part in the bench: something with a name that says where the ejecta of craters are."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.calibration.by_distance import Told
from ejmap_project.bench.planets import BenchPlanet
from ejmap_project.reference.masks import MaskFunction
from ejmap_project.reference.reference_set import DrawnCrater


class PlanetAnswer(NamedTuple):
    """What an entry says about a planet.

    Attributes:
        masks: Ejecta of each crater by its id; a crater without a mask has none.
        told: Probabilities of each crater, for the calibration error; empty where there are none.
    """

    masks: Mapping[int, PlacedMask]
    told: Sequence[Told] = ()


class Entry(Protocol):
    """A participant."""

    @property
    def name(self) -> str:
        """How tables call it."""
        ...

    @property
    def model_version(self) -> str | None:
        """A digest of its weights; None if it has none."""
        ...

    @property
    def members(self) -> "Sequence[Entry]":
        """The members of an ensemble as entries of their own, for the spread over seeds."""
        ...

    def version(self, scene: str, bands: int) -> str | None:
        """Return a digest of what it answers by; None if it says nothing about such a mosaic.

        Args:
            scene: Name of the planet, or the body of real craters.
            bands: Bands of its mosaic.
        """
        ...

    def planet_answer(self, scene: BenchPlanet, planet: Planet) -> PlanetAnswer:
        """Map the craters of a planet that :meth:`version` does not rule out."""
        ...

    def crater_masks(self, body: str, craters: Sequence[DrawnCrater]) -> Sequence[MaskFunction]:
        """Map real craters of a body on the grey mosaic of the package."""
        ...
