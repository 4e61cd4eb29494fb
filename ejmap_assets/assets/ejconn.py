"""EJCONN: which tiles around a crater hold its ejecta."""

import numpy as np
import pandas as pd

from ejmap_assets.assets.model_steps import promoted, samples, trained
from ejmap_assets.launch_config import promotion_fields
from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.crater_assets import crater_asset
from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import mean_probability
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.files.connection_table import tile_windows, write_connections
from ejmap_project.pictures import probability_rgb, shrunk

PICTURE_PX = 320


@project_asset(group="training", kinds={"zarr"}, kind="prepare")
def ejconn_samples(making: Making) -> Artefact:
    """What a version of EJCONN learns from.

    Around each crater its labelled tiles, each as the smallest crop that holds crater and tile, and
    whether the tile holds ejecta of the crater. One store a planet; versions that look at the same
    crops share them.
    """
    return samples(making, "ejconn")


@project_asset(group="models", kinds={"pytorch"}, kind="train")
def ejconn_model(making: Making) -> Artefact:
    """One trained member of EJCONN, the network that connects tiles to craters.

    It tells from the mosaic and from where crater and tile lie whether the tile holds ejecta of the
    crater. Members differ in the random choice of the samples that validate, in their first weights
    and in the order of training.
    """
    return trained(making, "ejconn")


@project_asset(group="models", kinds={"json"}, kind="promote", config=promotion_fields())
def promoted_ejconn(making: Making) -> Artefact:
    """The EJCONN ensemble that connects tiles to craters from now on.

    The configured version passes a gate: its test F1 must hold against the ensemble that maps the
    craters now. Every decision is recorded. The data version is that of the ensemble, so that the
    craters are mapped anew only when other weights are to map them.
    """
    return promoted(making, "ejconn")


@crater_asset(kinds={"parquet", "pytorch"})
def connection_predictions(task: CraterTask) -> Artefact:
    """Which tiles around one crater hold its ejecta, as most of EJCONN's members say."""
    published = task.work.published_connections(task.crater)
    table = _predicted(task) if published is None else published
    path = task.work.paths.connections(task.crater.key)
    write_connections(table, path)
    connected = table[table["is_connected"]]
    farthest_m = float(connected["distance_m"].max()) if len(connected) else 0.0
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "crater": task.crater.name,
            "tiles": len(table),
            "connected_tiles": len(connected),
            "connected_share": float(table["is_connected"].mean()),
            "mean_probability": float(table["probability"].mean()),
            "source": "predicted" if published is None else "published",
            "farthest_connected_km": farthest_m / 1000,
            "farthest_connected_radii": farthest_m / task.crater.radius_m,
            "path": str(path),
            "picture": Picture(_tile_picture(task, table), alt="probability of each tile"),
        },
        table=table,
    )


def _predicted(task: CraterTask) -> pd.DataFrame:
    from ejmap_ml.bundles.ensemble import is_connected
    from ejmap_ml.bundles.predict import predict_connections
    from ejmap_ml.stores.tile_group import TileStore
    from ejmap_project.mapping.tile_plan import MAPPING

    ensemble = task.work.ejconn
    group = TileStore.open(task.work.paths.tile_store(task.crater.key))[MAPPING]
    layers = predict_connections(ensemble, group)
    places = ["crater_id", "tile_id", "row", "col", "side_px", "distance_m"]
    return group.table[places].assign(
        probability=layers.probability.astype(np.float64),
        vote_fraction=layers.vote_fraction.astype(np.float64),
        is_connected=is_connected(layers, threshold=ensemble.config.ensemble.vote_threshold),
    )


def _tile_picture(task: CraterTask, table: pd.DataFrame) -> np.ndarray:
    side_px = task.work.azimuthal_grid(task.crater).shape[0]
    tiles = (
        (window, np.full(window.shape, probability, np.float32))
        for window, probability in zip(
            tile_windows(table), table["probability"].to_numpy(), strict=True
        )
    )
    whole = Window(row=0, col=0, height=side_px, width=side_px)
    return probability_rgb(shrunk(mean_probability(tiles, window=whole), max_side_px=PICTURE_PX))
