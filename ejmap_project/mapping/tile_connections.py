"""Step 4 of a crater: the tiles that hold its ejecta, by its polar prediction or by EJCONN."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.files.connection_table import write_connections
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.polar_connections import connections_of_polar
from ejmap_project.mapping.polar_prediction import read_polar_prediction
from ejmap_project.pictures.shades import probability_legend, probability_rgb
from ejmap_project.pictures.sheet import RIM, Marks, Panel, sheet, titled

PICTURE_PX = 400
WIDTH_PX = 800
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
    return Artefact(
        content=content_version(*_columns(table)),
        metadata={
            "crater": crater.label,
            "tiles": len(table),
            "connected_tiles": len(connected),
            "connected_share": float(table["is_connected"].mean()),
            "mean_probability": float(table["probability"].mean()),
            "source": source,
            "farthest_connected_km": farthest_m / 1000,
            "farthest_connected_radii": farthest_m / crater.radius_m,
            "path": str(path),
            "picture": _tile_picture(table, work.azimuthal_grid(crater), crater),
        },
        table=table,
    )


def _columns(table: pd.DataFrame) -> list[str | NDArray[np.generic]]:
    """Return names and values of columns: text of tens of thousands of rows takes its time."""
    return [part for name, column in table.items() for part in (str(name), column.to_numpy())]


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
    from ejmap_project.mapping.cut_tiles import CutTiles

    ensemble, tiles = work.ejconn, CutTiles.of(work, crater)
    layers = predict_connections(ensemble, tiles)
    return tiles.table[PLACES].assign(
        probability=layers.probability.astype(np.float64),
        vote_fraction=layers.vote_fraction.astype(np.float64),
        is_connected=is_connected(layers, threshold=ensemble.config.ensemble.vote_threshold),
    )


@drawing
def _tile_picture(table: pd.DataFrame, grid: AzimuthalGrid, crater: Crater) -> Picture:
    """Draw the mean probability of the tiles that cover each pixel of the picture."""
    side_px, drawn_px = grid.shape[0], min(grid.shape[0], PICTURE_PX)
    first, sides = table[["row", "col"]].to_numpy(), table[["side_px"]].to_numpy()
    # Pixels whose middles lie in the tile; at least one, so that no tile is lost.
    start, stop = (
        np.rint(edge * drawn_px / side_px).astype(np.intp) for edge in (first, first + sides)
    )
    stop = np.maximum(start + 1, stop)
    # A tile changes the sums at its corners alone: what lies between follows from them.
    total, count = np.zeros((2, drawn_px + 1, drawn_px + 1))
    for row, col, sign in (
        (start, start, 1),
        (start, stop, -1),
        (stop, start, -1),
        (stop, stop, 1),
    ):
        corner = row[:, 0], col[:, 1]
        np.add.at(total, corner, sign * table["probability"].to_numpy())
        np.add.at(count, corner, sign)
    total, count = (one.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] for one in (total, count))
    with np.errstate(invalid="ignore"):
        rgb = probability_rgb(total / count)
    title = titled(crater, "probability that a tile holds its ejecta")
    panels = [Panel(rgb, marks=Marks.azimuthal(grid, crater, side_px=len(rgb)))]
    legend = [RIM, *probability_legend()]
    return Picture(sheet(panels, title=title, legend=legend, width_px=WIDTH_PX), alt=title)
