"""Mapping the ejecta around a crater with the promoted EJSEG, whichever kind it is; loads torch."""

from collections.abc import Iterator, Sequence
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
from ejmap_ml.stores.tile_group import TileStore
from ejmap_project.errors import StepError
from ejmap_project.files.connection_table import tile_windows
from ejmap_project.mapping.tile_plan import MAPPING


def ejseg_ensemble(bundles: Sequence[ModelBundle]) -> Ensemble:
    """Return the ensemble of bundles, ready to map craters.

    Raises:
        ConfigError: If there is none, or their architectures differ.
        BundleError: If weights do not fit their configuration.
    """
    is_polar = all(isinstance(one.config.architecture, PolarUnetConfig) for one in bundles)
    # Polar views are fast enough to be computed exactly.
    precision: InferencePrecision = "float32" if is_polar else fastest_precision(inference_device())
    return Ensemble.of(bundles, precision=precision)


def map_ejecta(
    ensemble: Ensemble,
    crater: Crater,
    *,
    azimuthal: AzimuthalGrid,
    tiles: TileStore,
    is_connected: NDArray[np.bool_],
) -> EnsembleLayers:
    """Return probability and vote fraction of a crater's ejecta, ``(rows, cols)``.

    Args:
        ensemble: What maps them.
        crater: The crater.
        azimuthal: Grid of the result.
        tiles: The crater's tile store.
        is_connected: Which mapping tiles hold its ejecta, ``(tile,)``.

    Raises:
        StepError: If the promoted model is no segmentation model.
        TileStoreError: If the store was made for another kind of model.
    """
    architecture = ensemble.config.architecture
    match architecture:
        case PolarUnetConfig(view=view):
            return map_crater(
                ensemble.members,
                tiles[GROUP].read(VIEW)[0].astype(np.float32),
                polar=polar_grid(crater, body=azimuthal.body, config=view),
                azimuthal=azimuthal,
            )
        case SmpConfig():
            return _map_tiles(ensemble, tiles, np.flatnonzero(is_connected), azimuthal.shape[0])
        case TimmClassifierConfig():
            raise StepError("the promoted EJSEG is a tile classifier; promote another version")
        case _:
            assert_never(architecture)


def _map_tiles(
    ensemble: Ensemble, tiles: TileStore, selected: NDArray[np.intp], side_px: int
) -> EnsembleLayers:
    group = tiles[MAPPING]
    predicted = [
        (position, layers.probability[number], layers.vote_fraction[number])
        for positions, layers in predict_tiles(ensemble, group, selected=selected)
        for number, position in enumerate(positions)
    ]
    whole = Window(row=0, col=0, height=side_px, width=side_px)
    places = tile_windows(group.table.iloc[[position for position, _, _ in predicted]])
    layers = (
        np.nan_to_num(mean_probability(_placed(places, values), window=whole))
        for values in ([one[1] for one in predicted], [one[2] for one in predicted])
    )
    return EnsembleLayers(*layers, member_count=ensemble.member_count)


def _placed(
    places: Sequence[Window], values: Sequence[NDArray[np.float32]]
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """Yield each tile at the size of its place, nearest pixel."""
    for place, tile in zip(places, values, strict=True):
        at = ((np.arange(place.height) + 0.5) * tile.shape[0] / place.height).astype(np.intp)
        yield place, tile[at[:, None], at]
