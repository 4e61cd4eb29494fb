"""EJSEG: where exactly the ejecta of a crater lie."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_assets.assets.model_steps import promoted, samples, trained
from ejmap_assets.launch_config import promotion_fields
from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.crater_assets import crater_asset
from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.masks.denoise import denoised
from ejmap_geo.masks.mosaic import is_set
from ejmap_geo.masks.reach import farthest_m
from ejmap_geo.rasters.raster import read_raster, write_cog
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.pictures import (
    beside,
    mask_over,
    mosaic_grey,
    mosaic_rgb,
    probability_rgb,
    shrunk,
)

if TYPE_CHECKING:
    from ejmap_geo.masks.mosaic import EnsembleLayers

BAND_NAMES = ("probability", "vote_fraction", "mask")
PICTURE_PX = 280


@project_asset(group="training", kinds={"zarr"}, kind="prepare")
def ejseg_samples(making: Making) -> Artefact:
    """What a version of EJSEG learns from.

    Around each crater its polar view with the share of ejecta in each cell, or its labelled tiles
    with their masks. One store a planet; versions that look at the same tiles share them.
    """
    return samples(making, "ejseg")


@project_asset(group="models", kinds={"pytorch"}, kind="train")
def ejseg_model(making: Making) -> Artefact:
    """One trained member of EJSEG, the network that draws the ejecta of a crater.

    Members differ in their first weights and in the order and augmentation of training.
    """
    return trained(making, "ejseg")


@project_asset(group="models", kinds={"json"}, kind="promote", config=promotion_fields())
def promoted_ejseg(making: Making) -> Artefact:
    """The EJSEG ensemble that draws ejecta from now on.

    The configured version passes a gate: its test F1 must hold against the ensemble that maps the
    craters now. Every decision is recorded. The data version is that of the ensemble, so that the
    craters are mapped anew only when other weights are to map them.
    """
    return promoted(making, "ejseg")


@crater_asset(kinds={"geotiff", "pytorch"})
def segmentation_mask(task: CraterTask) -> Artefact:
    """Ejecta around one crater in azimuthal projection.

    The probability in each pixel, the share of EJSEG's members that see ejecta there, and the mask
    (probability above one half).
    """
    from ejmap_ml.stores.tile_group import TileStore
    from ejmap_project.mapping.segmenter import Target

    work, key = task.work, task.crater.key
    connections = read_connections(work.paths.connections(key))
    grid = work.azimuthal_grid(task.crater)
    target = Target(
        crater=task.crater,
        azimuthal=grid,
        tiles=TileStore.open(work.paths.tile_store(key)),
        is_connected=connections["is_connected"].to_numpy(),
    )
    layers = work.ejseg.map(target)
    mask = is_set(layers.probability)
    if work.settings.mapping.connection_filter:
        mask &= _in_connected_tiles(connections, grid.shape)
    if work.settings.mapping.denoise_px:
        mask = denoised(mask, min_px=work.settings.mapping.denoise_px)
    path = work.paths.segmentation(key)
    bands = np.stack([layers.probability, layers.vote_fraction, mask]).astype(np.float32)
    write_cog(path, bands, grid=grid, band_names=BAND_NAMES, tags=task.file_tags)
    reach_m = farthest_m(mask, grid)
    return Artefact(
        content=content_version(bands),
        metadata={
            "crater": task.crater.name,
            "ejecta_px": int(mask.sum()),
            "mean_probability_of_ejecta": _mean_where(mask, layers.probability),
            "members": layers.member_count,
            "farthest_ejecta_km": reach_m / 1000,
            "farthest_ejecta_radii": reach_m / task.crater.radius_m,
            "path": str(path),
            "picture": Picture(_views(task, layers, mask), alt="mosaic, mask, probability"),
        },
    )


def _in_connected_tiles(connections: pd.DataFrame, shape: tuple[int, int]) -> NDArray[np.bool_]:
    inside = np.zeros(shape, np.bool_)
    is_connected = connections["is_connected"].to_numpy(np.bool_)
    for window, connected in zip(tile_windows(connections), is_connected, strict=True):
        inside[window.slices] |= connected
    return inside


def _mean_where(mask: NDArray[np.bool_], probability: NDArray[np.float32]) -> float:
    return float(probability[mask].mean()) if mask.any() else 0.0


def _views(
    task: CraterTask, layers: "EnsembleLayers", mask: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    with read_raster(task.work.paths.azimuthal_mosaic(task.crater.key)) as mosaic:
        raster = mosaic.to_numpy()
    rgb, grey = (draw(raster, max_side_px=PICTURE_PX) for draw in (mosaic_rgb, mosaic_grey))
    seen = shrunk(mask, max_side_px=PICTURE_PX)
    probability = shrunk(layers.probability, max_side_px=PICTURE_PX)
    return beside(rgb, mask_over(grey, seen), probability_rgb(probability))
