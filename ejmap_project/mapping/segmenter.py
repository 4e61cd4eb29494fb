"""Mapping the ejecta around a crater with the promoted EJSEG, whichever kind it is; loads torch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import EnsembleLayers, mean_probability
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.bundles.inference import InferencePrecision, fastest_precision, inference_device
from ejmap_ml.bundles.predict import predict_tiles
from ejmap_ml.config.model_config import PolarUnetConfig, SmpConfig, TimmClassifierConfig
from ejmap_ml.ejseg.polar_data import GROUP, VIEW
from ejmap_ml.ejseg.polar_predict import map_crater
from ejmap_ml.ejseg.polar_view import polar_grid
from ejmap_ml.stores.tile_group import TileGroup, TileStore
from ejmap_project.errors import StepError
from ejmap_project.mapping.tile_plan import MAPPING


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A crater whose ejecta are to be mapped.

    Attributes:
        crater: The crater.
        azimuthal: Grid of the result.
        tiles: The crater's tile store.
        is_connected: Which mapping tiles hold its ejecta, ``(tile,)``.
    """

    crater: Crater
    azimuthal: AzimuthalGrid
    tiles: TileStore
    is_connected: NDArray[np.bool_]


class Segmenter:
    """A promoted ensemble, ready to map craters."""

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble

    @classmethod
    def of(cls, bundles: Sequence[ModelBundle]) -> "Segmenter":
        """Build the ensemble of bundles.

        Raises:
            ConfigError: If there is none, or their architectures differ.
            BundleError: If weights do not fit their configuration.
        """
        return cls(Ensemble.of(bundles, precision=_precision(bundles)))

    def map(self, target: Target) -> EnsembleLayers:
        """Return probability and vote fraction on the target's grid, ``(rows, cols)``.

        Raises:
            StepError: If the promoted model is no segmentation model.
            TileStoreError: If the store was made for another kind of model.
        """
        architecture = self._ensemble.config.architecture
        match architecture:
            case PolarUnetConfig(view=view):
                return map_crater(
                    self._ensemble.members,
                    target.tiles[GROUP].read(VIEW)[0].astype(np.float32),
                    polar=polar_grid(target.crater, body=target.azimuthal.body, config=view),
                    azimuthal=target.azimuthal,
                )
            case SmpConfig():
                return self._map_tiles(target)
            case TimmClassifierConfig():
                raise StepError("the promoted EJSEG is a tile classifier; promote another version")
            case _:
                assert_never(architecture)

    def _map_tiles(self, target: Target) -> EnsembleLayers:
        group = target.tiles[MAPPING]
        selected = np.flatnonzero(target.is_connected)
        predicted = [
            (position, layers.probability[number], layers.vote_fraction[number])
            for positions, layers in predict_tiles(self._ensemble, group, selected=selected)
            for number, position in enumerate(positions)
        ]
        side = target.azimuthal.shape[0]
        whole = Window(row=0, col=0, height=side, width=side)
        places = [_place(group, int(position)) for position, _, _ in predicted]
        layers = (
            np.nan_to_num(mean_probability(_placed(places, values), window=whole))
            for values in ([one[1] for one in predicted], [one[2] for one in predicted])
        )
        return EnsembleLayers(*layers, member_count=self._ensemble.member_count)


def _precision(bundles: Sequence[ModelBundle]) -> InferencePrecision:
    """Return in which numbers to compute: polar views are fast enough to be computed exactly."""
    if all(isinstance(bundle.config.architecture, PolarUnetConfig) for bundle in bundles):
        return "float32"
    return fastest_precision(inference_device())


def _place(group: TileGroup, position: int) -> Window:
    row = group.table.iloc[position]
    side_px = int(row["side_px"])
    return Window(row=int(row["row"]), col=int(row["col"]), height=side_px, width=side_px)


def _placed(
    places: Sequence[Window], values: Sequence[NDArray[np.float32]]
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """Yield each tile at the size of its place, nearest pixel."""
    for place, tile in zip(places, values, strict=True):
        at = ((np.arange(place.height) + 0.5) * tile.shape[0] / place.height).astype(np.intp)
        yield place, tile[at[:, None], at]
