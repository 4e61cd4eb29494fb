"""Samples of a planet with known ejecta, for both models; loads torch."""

from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_assets.crater_tiles import (
    LABELLED_PREFIX,
    TiledCrater,
    TilePlan,
    wanted_annulus,
    write_tiles,
)
from ejmap_assets.crater_work import azimuthal_grid
from ejmap_assets.declare import Making
from ejmap_assets.known_planets import ejecta_around
from ejmap_assets.model_choice import configured_model
from ejmap_geo.craters import Crater
from ejmap_geo.reproject import to_azimuthal
from ejmap_geo.synthetic.planet import Planet
from ejmap_geo.tiling import mapping_tiles
from ejmap_ml.ejseg.polar_data import labelled_view, write_polar_views
from ejmap_ml.tile_store import write_tile_store

# Far tiles outnumber near ones by far, and one tile tells little that its neighbour does not.
TILES_PER_CRATER = 64
TILES_STREAM = 11


def write_samples(path: Path, planet: Planet, *, making: Making) -> pd.DataFrame:
    """Write the samples of all labelled craters of a planet.

    Args:
        path: The tile store to write.
        planet: The planet.
        making: The project whose models will learn from it.

    Returns:
        The table of labelled tiles with the column ``planet``, the name of the store.
    """
    bands = planet.raster.shape[0]
    plan = TilePlan.of(
        configured_model(making.project, "ejconn", bands=bands),
        configured_model(making.project, "ejseg", bands=bands),
    )
    rng = np.random.default_rng((making.settings.models.seed, TILES_STREAM))
    side_px = making.settings.mapping.tile_side_px
    tables: list[pd.DataFrame] = []
    with write_tile_store(path, provenance=making.recipe.input_versions) as writer:
        for crater in planet.craters:
            tiled = _tiled(planet, crater, plan=plan, side_px=side_px, rng=rng)
            name = f"{LABELLED_PREFIX}{crater.key}"
            tables.append(write_tiles(writer, name, tiled, plan=plan))
        if plan.polar is not None:
            pairs = [
                labelled_view(
                    planet.raster,
                    planet.truth[crater.crater_id],
                    basemap=planet.basemap,
                    crater=crater,
                    config=plan.polar.view,
                )
                for crater in planet.craters
            ]
            views, targets = (np.stack(parts) for parts in zip(*pairs, strict=True))
            write_polar_views(writer, views=views, craters=planet.craters, targets=targets)
    return pd.concat(tables).assign(planet=path.stem)


def _tiled(
    planet: Planet, crater: Crater, *, plan: TilePlan, side_px: int, rng: np.random.Generator
) -> TiledCrater:
    grid = azimuthal_grid(crater, planet.basemap)
    tiles = mapping_tiles(
        grid,
        side_px=min(side_px, grid.shape[0]),
        reach_m=crater.reach(planet.basemap.body),
    )
    chosen = np.sort(rng.permutation(len(tiles))[:TILES_PER_CRATER])
    truth = planet.truth[crater.crater_id]
    return TiledCrater(
        crater=crater,
        azimuthal=grid,
        mosaic=to_azimuthal(planet.raster, basemap=planet.basemap, azimuthal=grid),
        tiles=[tiles[number] for number in chosen],
        annulus=wanted_annulus(planet.raster, basemap=planet.basemap, crater=crater, plan=plan),
        ejecta=ejecta_around(truth, basemap=planet.basemap, azimuthal=grid),
    )
