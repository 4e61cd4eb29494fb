"""The map of a crater that some members of an ensemble make, whoever maps the craters otherwise."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, pixels_in
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_ml.config.model_config import ModelConfig, SmpConfig
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_project.errors import StepError
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.ejecta_layers import filtered_mask, mask_of_members
from ejmap_project.mapping.polar_prediction import PolarPrediction, layers_around

if TYPE_CHECKING:
    from ejmap_ml.bundles.ensemble import Ensemble
    from ejmap_ml.stores.tile_group import TileStore


def why_not_mapped(work: CraterWork, config: ModelConfig) -> str:
    """Return why a model cannot read the tile stores of a project; empty if it can.

    They hold what the models look at that map the craters.
    """
    plan, seen = work.tile_plan, work.seen_basemap.raster.shape[0]
    if config.bands != seen:
        return f"it reads {config.bands} band(s), the tile stores hold {seen}"
    match config.architecture:
        case PolarUnetConfig(view=view):
            is_alike = plan.polar is not None and plan.polar.view == view
        case SmpConfig(tile=tile, injection=injection):
            held = plan.tile
            is_alike = held is not None and (held.tile.side_px, held.injection) == (
                tile.side_px,
                injection,
            )
        case _:
            is_alike = False
    return "" if is_alike else "it looks at other tiles than those of the tile stores"


def member_masks(
    work: CraterWork,
    crater: Crater,
    ensembles: Sequence["Ensemble"],
    *,
    labelled: Sequence[Window],
    connections: str = "used",
) -> list[PlacedMask]:
    """Return the masks of a crater on the basemap that ensembles of one architecture make.

    A tile EJSEG predicts only tiles that touch a labelled one: the masks are right inside labelled
    tiles, and not whole elsewhere.

    Args:
        work: The project.
        crater: The crater, whose tile store is there.
        ensembles: Members, each alone or several as one.
        labelled: Rectangles of the labelled tiles on the basemap.
        connections: Tiles that a tile EJSEG predicts: ``used``, ``ignored``, or ``VERSION/SPLIT``
            of published connections.

    Raises:
        StepError: If its connections are missing.
        TileStoreError: If the tile store was made for another kind of model.
    """
    from ejmap_ml.stores.tile_group import TileStore

    store, grid = TileStore.open(work.paths.tile_store(crater.key)), work.azimuthal_grid(crater)
    chosen = None
    if not ensembles[0].config.is_polar:
        chosen = _touching(work, crater, store, labelled)
        if connections != "ignored":
            chosen &= _connected(work, crater, connections)
    masks: list[PlacedMask] = []
    for ensemble in ensembles:
        mask = _mask(work, crater, ensemble, store, chosen)
        placed = mask_to_basemap(
            filtered_mask(work, crater, mask), azimuthal=grid, basemap=work.basemap.grid
        )
        masks.append(placed)
    return masks


def _mask(
    work: CraterWork,
    crater: Crater,
    ensemble: "Ensemble",
    store: "TileStore",
    chosen: NDArray[np.bool_] | None,
) -> NDArray[np.bool_]:
    grid = work.azimuthal_grid(crater)
    if chosen is None:
        layers, _ = layers_around(_polar(work, crater, ensemble, store), grid)
    else:
        from ejmap_project.mapping.cut_tiles import CutTiles
        from ejmap_project.mapping.segmenter import map_tiles

        tiles = CutTiles.of(work, crater)
        layers = map_tiles(ensemble, tiles, is_connected=chosen, side_px=grid.shape[0])
    rule = work.settings.used_method.ensemble
    return mask_of_members(layers.probability, layers.vote_fraction, rule=rule)


def _polar(
    work: CraterWork, crater: Crater, ensemble: "Ensemble", store: "TileStore"
) -> PolarPrediction:
    from ejmap_ml.ejseg.polar_data import GROUP, VIEW
    from ejmap_ml.ejseg.polar_predict import predict_view
    from ejmap_ml.ejseg.polar_view import polar_grid

    architecture = ensemble.config.architecture
    assert isinstance(architecture, PolarUnetConfig)  # noqa: S101 - why_not_mapped has asked
    view = store[GROUP].read(VIEW)[0].astype(np.float32)
    members = [predict_view(network, view) for network in ensemble.members]
    border = np.broadcast_to(ensemble.border[:, None], members[0].shape)
    polar = polar_grid(crater, body=work.basemap.grid.body, config=architecture.view)
    return PolarPrediction(members, border, polar)


def _touching(
    work: CraterWork, crater: Crater, store: "TileStore", labelled: Sequence[Window]
) -> NDArray[np.bool_]:
    """Return which mapping tiles touch a labelled tile, ``(tile,)``."""
    from ejmap_project.mapping.tile_plan import MAPPING

    basemap = work.basemap.grid
    is_labelled = pixels_in(labelled, basemap)[None]
    around = to_azimuthal(is_labelled, basemap=basemap, azimuthal=work.azimuthal_grid(crater))[0]
    windows = tile_windows(store[MAPPING].table)
    return np.array([around[window.slices].any() for window in windows], np.bool_)


def _connected(work: CraterWork, crater: Crater, connections: str) -> NDArray[np.bool_]:
    """Return which mapping tiles are connected, ``(tile,)``."""
    if connections == "used":
        table = read_connections(work.paths.connections(crater.key))
    else:
        table = work.source.connections_of(crater, work.basemap.grid, connections)
        if table is None:
            raise StepError(
                f"analysis.maps names connections {connections}, and this project has no published "
                "folder; take used or ignored"
            )
    return table["is_connected"].to_numpy(np.bool_)
