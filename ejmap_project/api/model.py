"""A trained ensemble that maps the ejecta of craters; torch is loaded with it."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from ejmap_geo.masks.mosaic import is_set
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_project.api.ejecta import EjectaLayers
from ejmap_project.api.mosaic import CraterView, Mosaic
from ejmap_project.errors import StepError
from ejmap_project.mapping.polar_prediction import PolarPrediction, layers_around
from ejmap_project.models.asked_ensemble import asked_bundles
from ejmap_project.models.seen_bands import SeenBands, seen_by

if TYPE_CHECKING:
    from ejmap_ml.bundles.ensemble import Ensemble


class Model:
    """An ensemble of polar EJSEG models.

    Args:
        ensemble: The members.

    Raises:
        StepError: If the members look at tiles; such models map craters in projects only.
    """

    def __init__(self, ensemble: "Ensemble") -> None:
        architecture = ensemble.config.architecture
        if not isinstance(architecture, PolarUnetConfig):
            raise StepError(
                f"{ensemble.config.name} looks at tiles, which an EJCONN has to connect first; map "
                "with a project, or load a model that looks at polar views (`ejmap models list`)"
            )
        self._ensemble, self._view = ensemble, architecture.view
        # The grey of a planet is made once, not once a crater.
        self._seen = lru_cache(maxsize=1)(self._seen_mosaic)

    @classmethod
    def load(cls, place: Path | str = "ready_grey") -> Self:
        """Load an ensemble.

        Args:
            place: Name of one that comes with EJMAP (``ejmap models list``), folder of a project,
                whose promoted EJSEG is taken, or folder of bundles.

        Raises:
            SettingsError: If it is none of these.
            StepError: If nothing is promoted in the project, or its EJSEG looks at tiles.
            BundleError: If a bundle is incomplete or was altered.
        """
        from ejmap_ml.bundles.ensemble import Ensemble

        return cls(Ensemble.of(asked_bundles([Path(place)])))

    def predict(self, view: CraterView) -> EjectaLayers:
        """Map the ejecta of a crater, as a project does by its default settings.

        Args:
            view: The crater and the mosaic around it, from ``Mosaic.around``.

        Raises:
            SettingsError: If the model cannot read the bands of the mosaic.
        """
        from ejmap_ml.ejseg.polar_data import STORED_TYPE
        from ejmap_ml.ejseg.polar_predict import predict_view
        from ejmap_ml.ejseg.polar_view import polar_grid, polar_view

        mosaic, crater = self._seen(view.mosaic), view.crater
        seen = polar_view(mosaic.raster, basemap=mosaic.grid, crater=crater, config=self._view)
        # Projects keep views so, and the same crater is to have the same mask.
        seen = seen.astype(STORED_TYPE).astype(np.float32)
        members = [predict_view(network, seen) for network in self._ensemble.members]
        border = np.broadcast_to(self._ensemble.border[:, None], members[0].shape)
        polar = polar_grid(crater, body=mosaic.grid.body, config=self._view)
        layers, probability = layers_around(PolarPrediction(members, border, polar), view.grid)
        return EjectaLayers(
            view=view,
            probability=probability,
            vote_fraction=layers.vote_fraction,
            mask=is_set(layers.probability),
            member_count=layers.member_count,
        )

    def _seen_mosaic(self, mosaic: Mosaic) -> Mosaic:
        """Return a mosaic in the bands that the model reads."""
        config = self._ensemble.config
        seen = SeenBands(mosaic.bands, seen_by(config.name, config, mosaic.bands))
        return Mosaic(raster=seen.of(mosaic.raster), grid=mosaic.grid, bands=seen.seen)
