"""Step 5 of a crater: probability, votes and mask of its ejecta, by the promoted EJSEG."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.denoise import denoised, denoised_by_sides
from ejmap_geo.masks.mosaic import is_set, is_voted
from ejmap_geo.masks.probability_levels import probability_of
from ejmap_geo.masks.reach import farthest_m
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.artefact import Artefact, Picture, drawing, known_numbers
from ejmap_project.digest import content_version, fast_version
from ejmap_project.files.connection_table import read_connections, tile_windows
from ejmap_project.files.layer_file import layer_bands, write_layers
from ejmap_project.files.raster_tags import DESCRIPTION, crater_words
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.polar_prediction import read_polar_prediction, stated_around
from ejmap_project.pictures.shades import (
    EJECTA,
    mask_over,
    mosaic_grey,
    mosaic_rgb,
    picked,
    probability_legend,
    probability_rgb,
)
from ejmap_project.pictures.sheet import RIM, Marks, Panel, sheet, titled
from ejmap_project.settings.method import EnsembleRule

PICTURE_PX = 480
WIDTH_PX = 1440


def segment_ejecta(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the ejecta of a crater in azimuthal projection.

    A polar EJSEG's prediction is resampled; a tile EJSEG segments the connected tiles.

    Raises:
        StepError: If its polar prediction or its connections are missing.
    """
    grid = work.azimuthal_grid(crater)
    bands, member_count = _bands(work, crater, grid)
    decided = bands[-1].view(np.bool_)
    mask = filtered_mask(work, crater, decided)
    if mask is not decided:
        bands[-1] = mask
    path = work.paths.segmentation(crater.key)
    told = {DESCRIPTION: f"ejecta of {crater_words(crater)}: probability, share of votes, mask"}
    write_layers(path, bands, grid=grid, tags={**tags, **told})
    # Nothing reaches anywhere where there are no ejecta.
    reach_m = farthest_m(mask, grid) if mask.any() else math.nan
    found = probability_of(bands[0][mask])
    of_ejecta = {
        "mean_probability_of_ejecta": float(found.mean()) if found.size else math.nan,
        "farthest_ejecta_km": reach_m / 1000,
        "farthest_ejecta_radii": reach_m / crater.radius_m,
    }
    return Artefact(
        content=content_version(fast_version(bands)),
        metadata={
            "crater": crater.label,
            "ejecta_px": int(np.count_nonzero(mask)),
            "members": member_count,
            **known_numbers(of_ejecta),
            "path": str(path),
            "picture": _picture(work, crater, bands[0], mask),
        },
    )


def mask_of_members(
    probability: NDArray[np.float32], vote_fraction: NDArray[np.float32], *, rule: EnsembleRule
) -> NDArray[np.bool_]:
    """Return where an ensemble finds ejecta, before anything is filtered or denoised.

    Args:
        probability: Mean of the members, measured by the border of ejecta.
        vote_fraction: Share of the members that are past the border.
        rule: Which of the two decides.
    """
    return is_set(probability) if rule == "mean-probability" else is_voted(vote_fraction)


def filtered_mask(work: CraterWork, crater: Crater, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask inside connected tiles and denoised, where the settings ask for that.

    Raises:
        StepError: If connections are asked for and missing.
    """
    settings = work.settings.mapping
    if settings.connection_filter:
        connections = read_connections(work.paths.connections(crater.key))
        mask = mask & _in_connected_tiles(connections, mask.shape)
    if settings.denoise_px:
        clean = denoised if work.settings.used_method.denoising == "corners" else denoised_by_sides
        mask = clean(mask, min_px=settings.denoise_px)
    return mask


def _bands(work: CraterWork, crater: Crater, grid: AzimuthalGrid) -> tuple[NDArray[np.uint8], int]:
    """Return levels of probability and votes with the mask, not filtered, and how many voted."""
    rule = work.settings.used_method.ensemble
    if work.tile_plan.polar is not None:
        told = read_polar_prediction(work, crater)
        return stated_around(told, grid, by_votes=rule == "votes"), len(told.members)
    from ejmap_project.mapping.cut_tiles import CutTiles
    from ejmap_project.mapping.segmenter import map_tiles

    connections = read_connections(work.paths.connections(crater.key))
    layers = map_tiles(
        work.ejseg,
        CutTiles.of(work, crater),
        is_connected=connections["is_connected"].to_numpy(),
        side_px=grid.shape[0],
    )
    mask = mask_of_members(layers.probability, layers.vote_fraction, rule=rule)
    return layer_bands(layers, mask), layers.member_count


def _in_connected_tiles(connections: pd.DataFrame, shape: tuple[int, int]) -> NDArray[np.bool_]:
    inside = np.zeros(shape, np.bool_)
    for window in tile_windows(connections[connections["is_connected"]]):
        inside[window.slices] = True
    return inside


@drawing
def _picture(
    work: CraterWork, crater: Crater, levels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> Picture:
    with opened(work.paths.azimuthal_mosaic(crater.key)) as mosaic:
        raster = mosaic.read()
    rgb, grey = (draw(raster, max_side_px=PICTURE_PX) for draw in (mosaic_rgb, mosaic_grey))
    ejecta = mask_over(grey, picked(mask, side_px=len(grey)))
    likely = probability_rgb(probability_of(picked(levels, side_px=len(grey))))
    marks = Marks.azimuthal(work.azimuthal_grid(crater), crater, side_px=len(rgb))
    panels = [
        Panel(rgb, "mosaic", marks),
        Panel(ejecta, "ejecta over the mosaic", marks),
        Panel(likely, "probability of ejecta", marks),
    ]
    title = titled(crater, "ejecta in azimuthal projection")
    legend = [EJECTA, RIM, *probability_legend()]
    return Picture(sheet(panels, title=title, legend=legend, width_px=WIDTH_PX), alt=title)
