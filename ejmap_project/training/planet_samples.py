"""Samples of a planet with known ejecta, for one of the models; loads torch."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.synthetic.planet import Planet
from ejmap_geo.tiles.tiling import Tile, tiles_of
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ejseg.polar_data import labelled_view, tile_id_view, write_polar_views
from ejmap_ml.stores.tile_store import TileStoreWriter, write_tile_store
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.mapping.tile_plan import (
    LABELLED_PREFIX,
    TiledCrater,
    TilePlan,
    wanted_annulus,
    write_tiles,
)
from ejmap_project.sources.known_planets import NamedPlanet, ejecta_around


def write_samples(
    path: Path,
    named: NamedPlanet,
    *,
    labelled: pd.DataFrame,
    plan: TilePlan,
    inputs: Mapping[str, str],
) -> None:
    """Write the samples of all labelled craters of a planet.

    Args:
        path: The tile store to write.
        named: The planet.
        labelled: Its labelled tiles, as in the table of that name.
        plan: What the model looks at.
        inputs: Data versions of what the samples are made from.
    """
    _, planet = named
    with write_tile_store(path, provenance=inputs) as writer:
        if plan.polar is not None:
            _write_views(writer, planet, labelled=labelled, config=plan.polar)
            return
        for crater in planet.craters:
            own = labelled[labelled["crater_id"] == crater.crater_id]
            _write_tiles(writer, planet, crater, labelled=own, plan=plan)


def _write_tiles(
    writer: TileStoreWriter,
    planet: Planet,
    crater: Crater,
    *,
    labelled: pd.DataFrame,
    plan: TilePlan,
) -> None:
    tiles = _squares(labelled)
    if not tiles:
        return
    grid = azimuthal_grid(crater, planet.basemap)
    tiled = TiledCrater(
        crater=crater,
        azimuthal=grid,
        mosaic=to_azimuthal(planet.raster, basemap=planet.basemap, azimuthal=grid),
        tiles=tiles,
        annulus=wanted_annulus(planet.raster, basemap=planet.basemap, crater=crater, plan=plan),
        ejecta=ejecta_around(
            planet.truth[crater.crater_id], basemap=planet.basemap, azimuthal=grid
        ),
    )
    write_tiles(writer, f"{LABELLED_PREFIX}{crater.key}", tiled, plan=plan)


def _squares(labelled: pd.DataFrame) -> list[Tile]:
    """Return the azimuthal squares of the tiles that have one and may be used."""
    usable = labelled[(labelled["side_px"] > 0) & (labelled["split_class"] >= 0)]
    return tiles_of(usable)


def _write_views(
    writer: TileStoreWriter, planet: Planet, *, labelled: pd.DataFrame, config: PolarUnetConfig
) -> None:
    pairs = [
        labelled_view(
            planet.raster,
            planet.truth[crater.crater_id],
            basemap=planet.basemap,
            crater=crater,
            config=config.view,
        )
        for crater in planet.craters
    ]
    views, targets = (np.stack(parts) for parts in zip(*pairs, strict=True))
    tile_ids = [
        tile_id_view(
            labelled[labelled["crater_id"] == crater.crater_id],
            basemap=planet.basemap,
            crater=crater,
            config=config.view,
        )
        for crater in planet.craters
    ]
    write_polar_views(
        writer, views=views, craters=planet.craters, targets=targets, tile_ids=np.stack(tile_ids)
    )
