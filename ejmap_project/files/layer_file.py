"""The ejecta layers of a crater as a file: probability, votes and mask, one byte a pixel each."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window as RasterWindow

from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.color_ramp import ramp_color
from ejmap_geo.maps.raster_style import Stop, ramp_style, write_style
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.probability_levels import (
    CERTAIN,
    FORMULA,
    VOTE_STEPS,
    levels_of,
    probability_of,
    vote_levels_of,
)
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.errors import StepError
from ejmap_project.files.crater_raster import write_crater_raster
from ejmap_project.files.raster_tags import VALUES

PROBABILITY_BAND, VOTE_BAND, MASK_BAND = "probability_level", "vote_level", "mask"
BAND_NAMES = (PROBABILITY_BAND, VOTE_BAND, MASK_BAND)
MEANING = (
    f"probability_level, as probability: {FORMULA}; vote_level: share of votes in steps of "
    f"1/{VOTE_STEPS}; mask: 1 ejecta, 0 none"
)
# Levels at which a style states the probability.
STYLED_LEVELS = (0, 60, 80, 92, 101, 110, 119, 127, 136, 145, 154, 163, 175, 195, CERTAIN)


def layer_bands(layers: EnsembleLayers, mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the ejecta layers of a crater in one byte a pixel, ``(3, rows, cols)``.

    Args:
        layers: Probability and votes, ``(rows, cols)``.
        mask: Ejecta, in the same shape.
    """
    levels, votes = levels_of(layers.probability), vote_levels_of(layers.vote_fraction)
    return np.stack([levels, votes, mask.view(np.uint8)])


def write_layers(
    path: Path,
    bands: NDArray[np.uint8],
    *,
    grid: AzimuthalGrid,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write the ejecta layers of a crater with their style.

    Args:
        path: File to write.
        bands: Levels of probability and votes, and the mask, ``(3, rows, cols)`` on ``grid``.
        grid: Grid about the crater.
        tags: Text kept inside the file.
    """
    write_crater_raster(
        path, bands, grid=grid, band_names=BAND_NAMES, tags={VALUES: MEANING, **(tags or {})}
    )
    write_style(path, ramp_style(_stops()))


def read_layer(path: Path, name: str, window: Window | None = None) -> NDArray[np.uint8]:
    """Read a layer of a crater, ``(rows, cols)``.

    Args:
        path: File of :func:`write_layers`.
        name: One of ``BAND_NAMES``.
        window: Part to read; all of it by default.

    Raises:
        RasterError: If the file is missing or cannot be read.
        StepError: If it was written before layers had one byte a pixel.
    """
    with opened(path) as raster:
        part = None if window is None else RasterWindow.from_slices(*window.slices)
        return raster.read(layer_number(raster, name), window=part)


def layer_number(raster: rasterio.DatasetReader, name: str) -> int:
    """Return the number of a layer in an open file, from 1.

    Raises:
        StepError: If the file was written before layers had one byte a pixel.
    """
    if raster.descriptions != BAND_NAMES:
        raise StepError(
            f"{raster.name} holds the layers {', '.join(map(str, raster.descriptions))} of an "
            f"earlier EJMAP instead of {', '.join(BAND_NAMES)}; materialise segmentation_mask again"
        )
    return BAND_NAMES.index(name) + 1


def _stops() -> list[Stop]:
    """Return the colours of levels, transparent at none, labelled in percent."""
    stops: list[Stop] = []
    for level in STYLED_LEVELS:
        share = float(probability_of(np.array(level, np.uint8)))
        color = ramp_color(share)
        shown = color.opaque if level else color.clear
        stops.append(Stop(level, shown, f"{100 * share:.2g} %" if share < 1 else "100 %"))
    return stops
