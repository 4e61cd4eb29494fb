"""The promoted EJSEG, ready to map craters, and tiles mapped by it; loads torch."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import EnsembleLayers, combine_members, mean_probability
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.bundles.inference import InferencePrecision, fastest_precision, inference_device
from ejmap_ml.bundles.predict import Tiles, predict_tiles
from ejmap_project.files.connection_table import tile_windows


def ejseg_ensemble(bundles: Sequence[ModelBundle]) -> Ensemble:
    """Return the ensemble of bundles, ready to map craters.

    Raises:
        ConfigError: If there is none, or their architectures differ.
        BundleError: If weights do not fit their configuration.
    """
    is_polar = all(one.config.is_polar for one in bundles)
    # Polar views are fast enough to be computed exactly.
    precision: InferencePrecision = "float32" if is_polar else fastest_precision(inference_device())
    return Ensemble.of(bundles, precision=precision)


def map_tiles(
    ensemble: Ensemble, tiles: Tiles, *, is_connected: NDArray[np.bool_], side_px: int
) -> EnsembleLayers:
    """Return probability and vote fraction of a crater's ejecta, ``(side_px, side_px)``.

    The tiles of each member are merged before the members are combined, so that a member votes in
    pixels of the raster. Tiles are cut once a member: the predictions of all members would take
    many times the memory of the raster.

    Args:
        ensemble: A tile EJSEG.
        tiles: The crater's mapping tiles.
        is_connected: Which mapping tiles hold its ejecta, ``(tile,)``; others stay 0.
        side_px: Side of the crater's azimuthal raster.

    Raises:
        SampleError: If the ensemble does not look at tiles, or was trained on other bands.
        StepError: If the tiles are those of another kind of model.
    """
    selected = np.flatnonzero(is_connected)
    whole = Window(row=0, col=0, height=side_px, width=side_px)
    merged = (
        mean_probability(_placed(member, tiles, selected), window=whole)
        for member in ensemble.one_by_one()
    )
    layers = combine_members(merged)
    return layers._replace(
        probability=np.nan_to_num(layers.probability),
        vote_fraction=np.nan_to_num(layers.vote_fraction),
    )


def _placed(
    member: Ensemble, tiles: Tiles, selected: NDArray[np.intp]
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """Yield the probabilities of each tile at the size of its place, nearest pixel."""
    for positions, layers in predict_tiles(member, tiles, selected=selected):
        places = tile_windows(tiles.table.iloc[positions])
        for place, tile in zip(places, layers.probability, strict=True):
            at = ((np.arange(place.height) + 0.5) * tile.shape[0] / place.height).astype(np.intp)
            yield place, tile[at[:, None], at]
