"""Ensembles of polar models as entries; loads torch."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.masks.mosaic import is_set, past_border
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.masks.polar_members import layers_of_views
from ejmap_geo.rasters.grey import weighted_grey
from ejmap_geo.synthetic.planet import Planet
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.network import NormalizedNetwork
from ejmap_ml.calibration.by_distance import Told
from ejmap_ml.config.bands import MERCURY_ENHANCED, grey_weights, seen_as
from ejmap_ml.config.model_config import PolarUnetConfig
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.bench.entry import Entry, PlanetAnswer
from ejmap_project.bench.planets import BenchPlanet
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.reference.ensemble_masks import mapped_craters
from ejmap_project.reference.masks import MaskFunction
from ejmap_project.reference.reference_set import DrawnCrater
from ejmap_project.training.calibrated import told_of


@dataclass(frozen=True, eq=False)
class EnsembleEntry:
    """Polar EJSEG models that together map craters, as EJMAP does but without removing clusters.

    Attributes:
        name: How tables call it.
        bundles: Its members.
        part_of: The ensemble that it is a member of, and its number there; None if it is whole.
    """

    name: str
    bundles: Sequence[ModelBundle]
    part_of: "tuple[EnsembleEntry, int] | None" = None
    # What was said about the last planet, by its version: the members say the same alone.
    _said: dict[str, list[Told]] = field(default_factory=dict[str, list[Told]], repr=False)

    def __post_init__(self) -> None:
        config = self.bundles[0].config
        if not isinstance(config.architecture, PolarUnetConfig):
            raise StepError(
                f"{config.name} looks at tiles; map the planets of `ejmap bench write` with a "
                "project of it, and enter the folder of these projects"
            )

    @property
    def members(self) -> Sequence[Entry]:
        """Each member alone; none if there is only one."""
        if len(self.bundles) < 2:
            return ()
        return [
            EnsembleEntry(f"{self.name} member {number}", [bundle], part_of=(self, number))
            for number, bundle in enumerate(self.bundles)
        ]

    @property
    def model_version(self) -> str:
        """A digest of its members."""
        return self._digest

    def version(self, scene: str, bands: int) -> str | None:
        """Return a digest of the ensemble; None if it reads other colours."""
        wanted, reads = self.bundles[0].config.bands, self.bundles[0].config.reads
        is_meant = reads is None or seen_as(MERCURY_ENHANCED, reads) is not None
        can_see = 1 in {bands, wanted} or (bands == wanted and is_meant)
        return content_version(self._digest, scene) if can_see else None

    def planet_answer(self, scene: BenchPlanet, planet: Planet) -> PlanetAnswer:
        """Map the craters of a planet.

        Models of several bands see a grey mosaic in each of them, models of one band see a coloured
        planet as the grey that is made of its bands.
        """
        told = self._told(scene, planet)
        masks = {
            crater.crater_id: self._mask(one, crater, planet)
            for crater, one in zip(planet.craters, told, strict=True)
        }
        return PlanetAnswer(masks, told)

    def crater_masks(self, body: str, craters: Sequence[DrawnCrater]) -> Sequence[MaskFunction]:  # noqa: ARG002 - craters know their body
        """Map real craters as ``ejmap reference score`` does."""
        return [mask for _, mask in mapped_craters(self.bundles, craters)]

    @cached_property
    def _digest(self) -> str:
        return content_version(*(bundle.data_version for bundle in self.bundles))

    @cached_property
    def _networks(self) -> list[NormalizedNetwork]:
        return [bundle.build() for bundle in self.bundles]

    @property
    def _view(self) -> PolarViewConfig:
        architecture = self.bundles[0].config.architecture
        assert isinstance(architecture, PolarUnetConfig)  # noqa: S101 - checked when it was made
        return architecture.view

    def _told(self, scene: BenchPlanet, planet: Planet) -> list[Told]:
        if self.part_of is not None:
            whole, number = self.part_of
            said = whole._told(scene, planet)  # noqa: SLF001 - of the same class
            return [one._replace(logits=one.logits[number : number + 1]) for one in said]
        if scene.version not in self._said:
            self._said.clear()
            seen = replace(planet, raster=self._seen(planet.raster))
            self._said[scene.version] = [
                told_of(self._networks, seen, one, config=self._view) for one in planet.craters
            ]
        return self._said[scene.version]

    def _seen(self, raster: NDArray[np.uint8]) -> NDArray[np.uint8]:
        bands = self.bundles[0].config.bands
        if bands == len(raster):
            return raster
        if bands == 1:
            return weighted_grey(raster, grey_weights(MERCURY_ENHANCED))
        return np.repeat(raster, bands, axis=0)

    def _mask(self, told: Told, crater: Crater, planet: Planet) -> PlacedMask:
        has_data = told.weight > 0
        border = self._networks[0].border[:, None]
        views = (
            past_border((expit(member) * has_data).astype(np.float32), border)
            for member in told.logits
        )
        azimuthal = azimuthal_grid(crater, planet.basemap)
        polar = polar_grid(crater, body=planet.basemap.body, config=self._view)
        layers = layers_of_views(views, polar=polar, azimuthal=azimuthal)
        return mask_to_basemap(
            is_set(layers.probability), azimuthal=azimuthal, basemap=planet.basemap
        )
