"""Step 4 of a crater: the tiles that hold its ejecta, by its polar prediction or by EJCONN."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import mean_probability
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.files.connection_table import tile_windows, write_connections
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.polar_connections import connections_of_polar
from ejmap_project.mapping.polar_prediction import read_polar_prediction
from ejmap_project.pictures.shades import probability_rgb, shrunk

PICTURE_PX = 320
PLACES = ["crater_id", "tile_id", "row", "col", "side_px", "distance_m"]


def connect_tiles(work: CraterWork, crater: Crater) -> Artefact:
    """Write which tiles hold ejecta of a crater: predicted, or as it was published."""
    published = work.source.connections_of(crater, work.basemap.grid)
    if published is not None:
        table, source = published, "published"
    elif work.connections_from == "polar":
        table, source = _of_polar(work, crater), "polar prediction"
    else:
        table, source = _of_ejconn(work, crater), "EJCONN"
    path = work.paths.connections(crater.key)
    write_connections(table, path)
    connected = table[table["is_connected"]]
    farthest_m = float(connected["distance_m"].max()) if len(connected) else 0.0
    picture = _tile_picture(table, side_px=work.azimuthal_grid(crater).shape[0])
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "crater": crater.name,
            "tiles": len(table),
            "connected_tiles": len(connected),
            "connected_share": float(table["is_connected"].mean()),
            "mean_probability": float(table["probability"].mean()),
            "source": source,
            "farthest_connected_km": farthest_m / 1000,
            "farthest_connected_radii": farthest_m / crater.radius_m,
            "path": str(path),
            "picture": Picture(picture, alt="probability of each tile"),
        },
        table=table,
    )


def _of_polar(work: CraterWork, crater: Crater) -> pd.DataFrame:
    from ejmap_ml.stores.tile_group import TileStore
    from ejmap_project.mapping.tile_plan import MAPPING

    group = TileStore.open(work.paths.tile_store(crater.key))[MAPPING]
    told = read_polar_prediction(work, crater)
    azimuthal = work.azimuthal_grid(crater)
    return connections_of_polar(
        group.table[PLACES], told.past_border, polar=told.polar, azimuthal=azimuthal
    )


def _of_ejconn(work: CraterWork, crater: Crater) -> pd.DataFrame:
    from ejmap_ml.bundles.ensemble import is_connected
    from ejmap_ml.bundles.predict import predict_connections
    from ejmap_ml.stores.tile_group import TileStore
    from ejmap_project.mapping.tile_plan import MAPPING

    ensemble = work.ejconn
    group = TileStore.open(work.paths.tile_store(crater.key))[MAPPING]
    layers = predict_connections(ensemble, group)
    return group.table[PLACES].assign(
        probability=layers.probability.astype(np.float64),
        vote_fraction=layers.vote_fraction.astype(np.float64),
        is_connected=is_connected(layers, threshold=ensemble.config.ensemble.vote_threshold),
    )


def _tile_picture(table: pd.DataFrame, *, side_px: int) -> NDArray[np.uint8]:
    tiles = (
        (window, np.full(window.shape, probability, np.float32))
        for window, probability in zip(
            tile_windows(table), table["probability"].to_numpy(), strict=True
        )
    )
    whole = Window(row=0, col=0, height=side_px, width=side_px)
    return probability_rgb(shrunk(mean_probability(tiles, window=whole), max_side_px=PICTURE_PX))
